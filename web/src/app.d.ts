/** Shapes that the framework passes around for us. */
import type { LabelPack, Session } from '$lib/api/types';

declare global {
	namespace App {
		interface Error {
			message: string;
			/** Stable code of the failed call, if the server gave one. */
			code?: string;
		}
		interface PageData {
			session?: Session;
			pack?: LabelPack;
		}
	}
}

export {};
