// The digest that a document on paper names of its evidence bundle: its code leads to /verify#sha256=DIGEST.

/** The digest in the address' fragment, in lower case; undefined where none is named. */
export function namedDigest(hash: string): string | undefined {
	return /^#sha256=([0-9a-f]{64})$/i.exec(hash)?.[1]?.toLowerCase()
}

/** The digest of a file; undefined where the browser has no leave to compute one, as on pages without TLS. */
export async function digestOf(file: Blob): Promise<string | undefined> {
	if (!globalThis.crypto?.subtle) return undefined
	const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
	return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
