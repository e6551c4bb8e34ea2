/** What was typed and not yet sent, kept for this tab even through a sign-in. */
const prefix = 'kaname.draft.';

/** The draft of a conversation, or of a new one for `null`. */
export function draftOf(conversationId: string | null): string {
	return sessionStorage.getItem(prefix + (conversationId ?? 'new')) ?? '';
}

/** Keeps a draft; empty text forgets it. */
export function keepDraft(conversationId: string | null, text: string): void {
	const key = prefix + (conversationId ?? 'new');
	if (text === '') sessionStorage.removeItem(key);
	else sessionStorage.setItem(key, text);
}
