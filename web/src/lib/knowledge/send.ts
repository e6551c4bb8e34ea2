/** Sends one file, telling how much of it has left; `fetch` cannot tell that, so this uses the older call. */
import { addressOf, ApiError, csrfHeaders } from '$lib/api/client';
import type { UploadAccepted } from '$lib/api/types';
import type { AboutDocument } from './api';

/** Sends the file to the collection with what is said about it; aborting `signal` stops the sending. */
export function sendFile(
	collectionId: string,
	{ file, about }: { file: File; about: AboutDocument },
	onsent: (bytes: number) => void,
	signal: AbortSignal
): Promise<UploadAccepted> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('POST', addressOf(`/collections/${collectionId}/documents`));
		for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
		request.responseType = 'json';
		request.upload.onprogress = (event) => onsent(event.loaded);
		request.onload = () => {
			const body: unknown = request.response;
			if (request.status >= 200 && request.status < 300) resolve(body as UploadAccepted);
			else reject(new ApiError(request.status, typeof body === 'object' && body !== null ? body : {}));
		};
		request.onerror = () => reject(new ApiError(0, {}));
		request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
		signal.addEventListener('abort', () => request.abort());
		const form = new FormData();
		for (const [name, value] of Object.entries(about)) if (value !== '') form.append(name, value);
		form.append('file', file, file.name);
		request.send(form);
	});
}
