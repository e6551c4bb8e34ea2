/** The marks `[1]` in an answer, told apart from its words. */
import type { Citation } from '$lib/api/types';

export type Segment = { kind: 'text'; text: string } | { kind: 'mark'; citation: Citation };

/** Cuts the answer at each mark that names a citation; any other bracket stays text. */
export function segmentsOf(answer: string, citations: Citation[]): Segment[] {
	const segments: Segment[] = [];
	let from = 0;
	for (const match of answer.matchAll(/\[(\d{1,3})\]/g)) {
		const citation = citations.find((entry) => entry.number === Number(match[1]));
		if (citation === undefined) continue;
		if (match.index > from) segments.push({ kind: 'text', text: answer.slice(from, match.index) });
		segments.push({ kind: 'mark', citation });
		from = match.index + match[0].length;
	}
	if (from < answer.length) segments.push({ kind: 'text', text: answer.slice(from) });
	return segments;
}
