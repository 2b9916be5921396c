/// <reference types="vitest/config" />
import {svelte} from '@sveltejs/vite-plugin-svelte'
import {defineConfig} from 'vite'

// public/ holds .keep, so that an emptied dist/ still has the file that lets Go build without the web app.
export default defineConfig({
	plugins: [svelte()],
	build: {target: 'es2022', reportCompressedSize: true, chunkSizeWarningLimit: 700},
	server: {proxy: {'/api': process.env.LINEPROOF_URL ?? 'http://127.0.0.1:8080'}},
	test: {include: ['src/**/*.test.ts'], setupFiles: ['src/lib/texts.setup.ts']},
})
