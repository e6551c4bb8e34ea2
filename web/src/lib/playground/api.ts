/**
 * Calls at `/v1`, the door that programs use, in the name of the person in this session.
 *
 * Errors come in the shape of the dialect, not as problems.
 */
import { ApiError, csrfHeaders, signedOut } from '$lib/api/client';
import type { Model } from '$lib/api/types';
import { faultOf } from './answer';
import { bodyOf, headersOf, paths, type ModelRequest } from './request';

/** The models that write, and that may be named. */
export async function listModels(fetcher: typeof fetch): Promise<Model[]> {
	const response = await reached(fetcher('/v1/models', { credentials: 'same-origin' }));
	if (!response.ok) throw await refusal(response);
	const { data } = (await response.json()) as { data: Model[] };
	return data.filter((model) => model.capabilities.includes('chat'));
}

/** Sends a request and hands over whatever comes; aborting `signal` stops the answer. */
export async function send(request: ModelRequest, signal: AbortSignal): Promise<Response> {
	const headers = { 'content-type': 'application/json', ...headersOf(request), ...csrfHeaders() };
	const body = JSON.stringify(bodyOf(request));
	const sent = fetch(paths[request.dialect], { method: 'POST', headers, body, signal, credentials: 'same-origin' });
	return await reached(sent);
}

/** Why the server refused. */
export async function refusal(response: Response): Promise<ApiError> {
	const said: unknown = await response.json().catch(() => ({}));
	const { code, detail } = faultOf(said);
	if (response.status === 401) signedOut();
	return new ApiError(response.status, { code, detail });
}

async function reached(sent: Promise<Response>): Promise<Response> {
	try {
		return await sent;
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
		throw new ApiError(0, {});
	}
}
