/**
 * Inclusion in a Merkle tree, recomputed.
 *
 * Source: RFC 6962 section 2.1 for the hashes, RFC 9162 section 2.1.3.2 for the check.
 */
import { same, sha256, type Bytes } from './bytes';
import { Fault } from './fault';

/** The hash of an entry as a leaf. */
export const leafHash = (entry: Uint8Array): Promise<Bytes> => sha256(Uint8Array.of(0), entry);

/** The hash of an inner node. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(Uint8Array.of(1), left, right);

/** Throws a [`Fault`] unless the leaf is in the tree with this size and root. */
export async function verifyInclusion(
	leaf: Bytes,
	leafIndex: bigint,
	treeSize: bigint,
	proof: Bytes[],
	root: Bytes
): Promise<void> {
	if (leafIndex >= treeSize) throw new Fault('index-out-of-range');
	let [node, last, hash] = [leafIndex, treeSize - 1n, leaf];
	for (const sibling of proof) {
		if (last === 0n) throw new Fault('path-length');
		if (node % 2n === 1n || node === last) {
			hash = await nodeHash(sibling, hash);
			// On the right edge a node without a sibling rises unchanged.
			for (; node % 2n === 0n && node !== 0n; node /= 2n) last /= 2n;
		} else {
			hash = await nodeHash(hash, sibling);
		}
		node /= 2n;
		last /= 2n;
	}
	if (last !== 0n) throw new Fault('path-length');
	if (!same(hash, root)) throw new Fault('root-mismatch');
}
