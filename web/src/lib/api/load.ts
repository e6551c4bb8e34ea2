/** Carries a failed call from a page's `load` to the error page or to the sign-in page. */
import { error, redirect } from '@sveltejs/kit';
import { ApiError } from './client';

/** The address of the sign-in page that leads back to where the person is now. */
export function signInAddress(from: { pathname: string; search: string }): string {
	const next = from.pathname + from.search;
	return next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}

/** The way back after signing in: only a path of this site, never another one. */
export function safeNext(next: string | null): string {
	const own = next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in');
	return own ? next : '/';
}

/** Waits for a call; a refusal becomes the framework's error page. */
export async function orErrorPage<T>(pending: Promise<T>): Promise<T> {
	try {
		return await pending;
	} catch (cause) {
		if (!(cause instanceof ApiError)) throw cause;
		if (cause.code === 'identity.not_signed_in') redirect(303, signInAddress(location));
		error(cause.status === 0 ? 503 : cause.status, { message: cause.message, code: cause.code });
	}
}
