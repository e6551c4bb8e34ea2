/**
 * The language in force, for this tab. Japanese unless the person chose English here before.
 *
 * One value for the whole page, since every text on it must change together.
 */
import { format, isMessageKey, type Locale, type MessageKey, type Values } from './messages';

const storageKey = 'kaname.locale';
let current = $state<Locale>(stored());

function stored(): Locale {
	return globalThis.localStorage?.getItem(storageKey) === 'en' ? 'en' : 'ja';
}

/** The language in force. */
export function locale(): Locale {
	return current;
}

/** Switches the language and remembers it in this browser. */
export function setLocale(next: Locale): void {
	current = next;
	globalThis.localStorage?.setItem(storageKey, next);
}

/** The words for `key` in the language in force. */
export function t(key: MessageKey, values?: Values): string {
	return format(current, key, values);
}

/** The words for a key made at run time, or `fallback` where there are none. */
export function tOr(key: string, fallback: string, values?: Values): string {
	return isMessageKey(key) ? format(current, key, values) : fallback;
}
