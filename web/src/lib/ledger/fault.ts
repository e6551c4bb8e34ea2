/** Why a check failed, by the stable name that every verifier of the ledger uses. */
export class Fault extends Error {
	readonly code: string;

	constructor(code: string) {
		super(code);
		this.code = code;
	}
}
