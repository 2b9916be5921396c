/** How large the verifier is, compressed; vite.config.ts looks when the app is built. */
declare const VERIFIER_BYTES: number
