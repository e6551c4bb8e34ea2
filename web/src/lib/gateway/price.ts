/** Prices between what people write (yen, up to six decimals) and what is kept (millionths of a yen). */
import { ApiError } from '$lib/api/client';
import { locale } from '$lib/i18n/locale.svelte';

const decimals = 6;

/** Millionths of a yen for a written amount; nothing for what is no amount. */
export function microYenOf(text: string): number | null {
	const plain = text.normalize('NFKC').replaceAll(',', '').trim();
	const parts = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(plain);
	if (parts === null) return null;
	return Number(`${parts[1] ?? ''}${(parts[2] ?? '').padEnd(decimals, '0')}`);
}

/** The amount as a field shows it, without needless zeros. */
export function yenText(micro: number): string {
	const digits = String(micro).padStart(decimals + 1, '0');
	const rest = digits.slice(-decimals).replace(/0+$/, '');
	return `${digits.slice(0, -decimals)}${rest === '' ? '' : `.${rest}`}`;
}

/** The amount as a page shows it: `1,200.5`. */
export function yen(micro: number): string {
	return new Intl.NumberFormat(locale(), { maximumFractionDigits: decimals }).format(micro / 10 ** decimals);
}

/** A whole number, or nothing for an empty field. */
export function wholeOf(text: string, field: string): number | null {
	const plain = text.normalize('NFKC').replaceAll(',', '').trim();
	if (plain === '') return null;
	if (!/^\d{1,12}$/.test(plain)) throw refused('client.not_whole', field);
	return Number(plain);
}

/** What the form itself does not accept, in the shape of a refusal by the server. */
export function refused(code: 'client.not_whole' | 'client.price', field: string): ApiError {
	return new ApiError(422, { code, field });
}
