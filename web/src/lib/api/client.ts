/**
 * The one place that calls the server: JSON in and out, problem documents turned into [`ApiError`].
 *
 * The session cookie is the browser's; this file only adds the CSRF token that the session gave.
 */
const base = '/api/v1';

/** What the server said when it refused (RFC 9457). */
export class ApiError extends Error {
	/** HTTP status; 0 when the server was not reached. */
	readonly status: number;
	/** Stable dotted code, translated on screen. */
	readonly code: string;
	/** Name of the field that was not accepted. */
	readonly field: string | null;
	/** What the person can do about it, if the server knows. */
	readonly fix: string | null;
	/** When trying again makes sense. */
	readonly retryAtMs: number | null;

	constructor(status: number, problem: Problem) {
		super(problem.detail ?? problem.title ?? problem.code ?? String(status));
		this.status = status;
		this.code = problem.code ?? (status === 0 ? 'client.unreachable' : 'client.unexpected');
		this.field = problem.field ?? null;
		this.fix = problem.fix ?? null;
		this.retryAtMs = problem.retry_at_ms ?? null;
	}
}

interface Problem {
	title?: string;
	detail?: string;
	code?: string;
	field?: string;
	fix?: string;
	retry_at_ms?: number;
}

export interface CallOptions {
	/** Appended as a query string; empty values are left out. */
	query?: Record<string, string | number | boolean | null | undefined>;
	/** Sent as JSON, unless it is text (then `contentType` says what it is). */
	body?: unknown;
	contentType?: string;
	signal?: AbortSignal;
	fetch?: typeof fetch;
}

let csrfToken = '';
let whenSignedOut: () => void = () => undefined;

/** Remembers the token that every changing call must carry. */
export function useCsrfToken(token: string): void {
	csrfToken = token;
}

/** The headers that a changing call must carry. */
export function csrfHeaders(): Record<string, string> {
	return csrfToken === '' ? {} : { 'x-kaname-csrf': csrfToken };
}

/** Says what happens when a call finds that the session has ended. */
export function onSignedOut(act: () => void): void {
	whenSignedOut = act;
}

/** Says that the session has ended, for calls that do not go through this file. */
export function signedOut(): void {
	whenSignedOut();
}

/** The address of a call, for links and uploads. */
export function addressOf(path: string, query: CallOptions['query'] = {}): string {
	const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
	const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
	// What programs call as well lies at the root.
	const root = path.startsWith('/v1/') ? '' : base;
	return `${root}${path}${search === '' ? '' : `?${search}`}`;
}

/** Calls and reads the JSON answer; an empty answer reads as `undefined`. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
	const response = await open(method, path, options);
	if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
	const text = await response.text();
	return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Calls and hands over the response once its status is good, for streams and downloads. */
export async function open(method: string, path: string, options: CallOptions = {}): Promise<Response> {
	const response = await send(method, path, options);
	if (response.ok) return response;
	const error = new ApiError(response.status, await readProblem(response));
	if (error.code === 'identity.not_signed_in') whenSignedOut();
	throw error;
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
	const headers: Record<string, string> = { accept: 'application/json' };
	if (method !== 'GET') Object.assign(headers, csrfHeaders());
	if (options.body !== undefined) headers['content-type'] = options.contentType ?? 'application/json';
	const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
	try {
		return await (options.fetch ?? fetch)(addressOf(path, options.query), {
			method,
			headers,
			body,
			signal: options.signal,
			credentials: 'same-origin'
		});
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
		throw new ApiError(0, {});
	}
}

async function readProblem(response: Response): Promise<Problem> {
	try {
		const problem: unknown = await response.json();
		if (typeof problem !== 'object' || problem === null) return {};
		return 'error' in problem ? inDialect(problem.error) : problem;
	} catch {
		return {};
	}
}

/** What a route at /v1 says when it refuses, in the shape of OpenAI. */
function inDialect(error: unknown): Problem {
	if (typeof error !== 'object' || error === null) return {};
	const { message, code, param } = error as { message?: string; code?: string; param?: string | null };
	return { detail: message, code, field: param ?? undefined };
}
