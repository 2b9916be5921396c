/// <reference types="vitest/config" />
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {svelte} from '@sveltejs/vite-plugin-svelte'
import {brotliCompressSync, gzipSync} from 'node:zlib'
import {defineConfig, type Plugin} from 'vite'

// Made by make from cmd/lineproof-verify; the unit tests do without.
const verifierBytes = statSync(new URL('wasm/verify.wasm.gz', import.meta.url), {throwIfNoEntry: false})?.size ?? 0

/** Packs scripts and styles once, as small as can be, for a collector that sends them as they are (collector/web/packed.go). */
const packed: Plugin = {
	name: 'packed',
	apply: 'build',
	closeBundle() {
		const assets = new URL('dist/assets/', import.meta.url)
		for (const name of readdirSync(assets).filter((name) => /\.(js|css|svg)$/.test(name))) {
			const file = readFileSync(new URL(name, assets))
			writeFileSync(new URL(`${name}.br`, assets), brotliCompressSync(file))
			writeFileSync(new URL(`${name}.gz`, assets), gzipSync(file, {level: 9}))
		}
	},
}

// public/ holds .keep, so that an emptied dist/ still has the file that lets Go build without the web app.
export default defineConfig({
	plugins: [svelte(), packed],
	define: {VERIFIER_BYTES: verifierBytes},
	build: {target: 'es2022', reportCompressedSize: true, chunkSizeWarningLimit: 700},
	worker: {format: 'es'},
	server: {proxy: {'/api': process.env.LINEPROOF_URL ?? 'http://127.0.0.1:8080'}},
	test: {include: ['src/**/*.test.ts'], setupFiles: ['src/lib/texts.setup.ts']},
})
