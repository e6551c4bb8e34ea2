/** Enter during kana-kanji conversion never sends, in the event order of each browser. */
import { describe, expect, it } from 'vitest';
import { CompositionGuard, type KeyPress } from './sending';

const enter: KeyPress = {
	key: 'Enter',
	isComposing: false,
	keyCode: 13,
	shiftKey: false,
	ctrlKey: false,
	metaKey: false,
	altKey: false
};

describe('the composition guard', () => {
	it('sends on Enter and makes a new line on Shift+Enter', () => {
		const guard = new CompositionGuard();
		expect(guard.sends(enter, 'enter')).toBe(true);
		expect(guard.sends({ ...enter, shiftKey: true }, 'enter')).toBe(false);
	});

	it('does not send on the Enter that takes a conversion (Chromium, Firefox)', () => {
		const guard = new CompositionGuard();
		guard.started();
		expect(guard.sends({ ...enter, isComposing: true, keyCode: 229 }, 'enter')).toBe(false);
		guard.ended();
		expect(guard.sends(enter, 'enter')).toBe(true);
	});

	it('does not send when the press is reported after the composition ended (Safari)', () => {
		const guard = new CompositionGuard();
		guard.started();
		guard.ended();
		expect(guard.sends({ ...enter, keyCode: 229 }, 'enter')).toBe(false);
	});

	it('does not send between start and end even where the press is not marked', () => {
		const guard = new CompositionGuard();
		guard.started();
		expect(guard.sends(enter, 'enter')).toBe(false);
		expect(guard.sends({ ...enter, ctrlKey: true }, 'ctrl_enter')).toBe(false);
	});

	it('sends only with Ctrl or Command where the person set it so', () => {
		const guard = new CompositionGuard();
		expect(guard.sends(enter, 'ctrl_enter')).toBe(false);
		expect(guard.sends({ ...enter, ctrlKey: true }, 'ctrl_enter')).toBe(true);
		expect(guard.sends({ ...enter, metaKey: true }, 'ctrl_enter')).toBe(true);
	});
});
