/**
 * Decides whether a key press sends the question.
 *
 * A press that belongs to kana-kanji conversion never does. Browsers differ in order: Chromium and
 * Firefox mark the press (`isComposing`); Safari ends the composition first and then reports the
 * very press that ended it, recognisable only by key code 229.
 */
export type SendKey = 'enter' | 'ctrl_enter';

export interface KeyPress {
	key: string;
	isComposing: boolean;
	keyCode: number;
	shiftKey: boolean;
	ctrlKey: boolean;
	metaKey: boolean;
	altKey: boolean;
}

/** Watches one text box for compositions. */
export class CompositionGuard {
	#composing = false;

	/** Between this and [`ended`](this.ended) no key press counts. */
	started(): void {
		this.#composing = true;
	}

	/** The composition was taken or dropped. */
	ended(): void {
		this.#composing = false;
	}

	/** Whether this press asks to send, given the person's setting. */
	sends(press: KeyPress, sendKey: SendKey): boolean {
		const converting = this.#composing || press.isComposing || press.keyCode === 229;
		if (converting || press.key !== 'Enter') return false;
		const command = press.ctrlKey || press.metaKey;
		return sendKey === 'ctrl_enter' ? command : !press.shiftKey && !press.altKey;
	}
}

const storageKey = 'kaname.send_key';

/** The key that sends, as set in this browser. */
export function sendKey(): SendKey {
	return globalThis.localStorage?.getItem(storageKey) === 'ctrl_enter' ? 'ctrl_enter' : 'enter';
}

/** Remembers the key that sends. */
export function setSendKey(key: SendKey): void {
	globalThis.localStorage?.setItem(storageKey, key);
}
