/// <reference types="vitest/config" />
import {statSync} from 'node:fs'
import {svelte} from '@sveltejs/vite-plugin-svelte'
import {defineConfig} from 'vite'

// Made by make from cmd/lineproof-verify; the unit tests do without.
const verifierBytes = statSync(new URL('wasm/verify.wasm.gz', import.meta.url), {throwIfNoEntry: false})?.size ?? 0

// public/ holds .keep, so that an emptied dist/ still has the file that lets Go build without the web app.
export default defineConfig({
	plugins: [svelte()],
	define: {VERIFIER_BYTES: verifierBytes},
	build: {target: 'es2022', reportCompressedSize: true, chunkSizeWarningLimit: 700},
	worker: {format: 'es'},
	server: {proxy: {'/api': process.env.LINEPROOF_URL ?? 'http://127.0.0.1:8080'}},
	test: {include: ['src/**/*.test.ts'], setupFiles: ['src/lib/texts.setup.ts']},
})
