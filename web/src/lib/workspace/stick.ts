/**
 * Keeps a scrolling box at its end while it grows, unless the person scrolled away.
 *
 * The box is the only thing that scrolls its content; jumps are instant, so that nothing moves for
 * people who asked for less motion.
 */
import type { Attachment } from 'svelte/attachments';

const nearEndPx = 64;

/** Attach to the scrolling box, whose only child holds the content; `wanted` says whether it has an end worth keeping to. */
export function stickToEnd(wanted: () => boolean, onchange: (atEnd: boolean) => void): Attachment<HTMLElement> {
	return (box) => {
		let atEnd = true;
		const toEnd = () => (box.scrollTop = box.scrollHeight);
		const observer = new ResizeObserver(() => atEnd && wanted() && toEnd());
		const onscroll = () => {
			atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < nearEndPx;
			onchange(atEnd);
		};
		box.addEventListener('scroll', onscroll, { passive: true });
		observer.observe(box);
		if (box.firstElementChild !== null) observer.observe(box.firstElementChild);
		return () => {
			observer.disconnect();
			box.removeEventListener('scroll', onscroll);
		};
	};
}
