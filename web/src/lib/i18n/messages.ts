/**
 * The words on screen, in two languages, with typed keys.
 *
 * Pure: which language is in force lives in `locale.svelte.ts`. A key that lacks a translation is a
 * type error here; `scripts/check-messages.mjs` also finds keys that nothing uses.
 */
import en from '$messages/en.json';
import ja from '$messages/ja.json';

export type Locale = 'ja' | 'en';
export type MessageKey = keyof typeof ja & keyof typeof en;
export type Values = Record<string, string | number>;

const tables: Record<Locale, Record<keyof typeof ja | keyof typeof en, string>> = { ja, en };

/** The message in `locale`, with `{name}` replaced by the value of that name. */
export function format(locale: Locale, key: MessageKey, values: Values = {}): string {
	return tables[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = values[name];
		return value === undefined ? whole : String(value);
	});
}

/** Whether a text made at run time (an error code, say) is a key. */
export function isMessageKey(text: string): text is MessageKey {
	return Object.hasOwn(ja, text);
}
