/** What a failure says to the person in front of it. */
import { ApiError } from '$lib/api/client';
import { dateTime } from './format';
import { t, tOr } from './locale.svelte';

/** The sentence for a stable error code, or `detail` where the code is not known here. */
export function faultText(code: string, detail: string): string {
	const known = code.includes('.') ? `error.${code}` : `error.knowledge.${code}`;
	return tOr(known, detail === '' ? t('error.client.unexpected') : detail);
}

/** What to do about a fault, in the server's own words where none are known here, or nothing. */
export function fixText(fault: { code: string; fix?: string | null }): string {
	return tOr(`fix.${fault.code}`, fault.fix ?? '');
}

/** The sentence for whatever was thrown; that of the field at fault where there is one. */
export function errorText(error: unknown): string {
	if (!(error instanceof ApiError)) return t('error.client.unexpected');
	const general = faultText(error.code, error.message);
	const sentence = error.field === null ? general : tOr(`error.${error.code}.${error.field}`, general);
	if (error.retryAtMs === null) return sentence;
	return `${sentence} ${t('error.retry_at', { time: dateTime(error.retryAtMs) })}`;
}

/** The field that the server did not accept, if it named one. */
export function fieldOf(error: unknown): string | null {
	return error instanceof ApiError ? error.field : null;
}
