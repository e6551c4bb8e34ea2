/** Fetches a receipt, which exists only once the act is sealed into the log. */
import { ApiError } from '$lib/api/client';
import { getReceipt } from './api';

const attempts = 12;
const pauseMs = 250;

/** Asks again for a few seconds while the act is not in the log yet. */
export async function receiptOnceSequenced(actId: string): Promise<string> {
	for (let left = attempts; ; left--) {
		try {
			return await getReceipt(actId);
		} catch (error) {
			const pending = error instanceof ApiError && error.code === 'ledger.pending';
			if (!pending || left <= 1) throw error;
			await new Promise((resolve) => setTimeout(resolve, pauseMs));
		}
	}
}
