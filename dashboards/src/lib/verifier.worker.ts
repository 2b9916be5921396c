// Runs the verifier, which is cmd/lineproof-verify as WebAssembly. It works for minutes without a pause, so that it has
// a thread of its own, which can also read a file without waiting. The server's policy for this script forbids it every
// connection: it is handed all that it needs.
import '../../wasm/wasm_exec.js'
import {Blocks} from './blocks'
import type {Answer, Question, Told} from './verifier'

interface Runtime {
	importObject: WebAssembly.Imports
	run(instance: WebAssembly.Instance): Promise<void>
}
declare const Go: new () => Runtime // of wasm_exec.js, which comes with the compiler
declare class FileReaderSync {
	readAsArrayBuffer(part: Blob): ArrayBuffer
}

const everyMs = 100 // as often as a person sees progress

onmessage = async ({data}: MessageEvent<Question & {program: ArrayBuffer}>) => {
	try {
		tell(await run(data))
	} catch (cause) {
		tell({failed: String(cause)})
	}
}

async function run({program, file, ...keys}: Question & {program: ArrayBuffer}): Promise<Answer> {
	const unpacked = new Blob([program]).stream().pipeThrough(new DecompressionStream('gzip'))
	const go = new Go()
	const {instance} = await WebAssembly.instantiateStreaming(new Response(unpacked, {headers: {'Content-Type': 'application/wasm'}}), go.importObject)
	const reader = new FileReaderSync()
	const blocks = new Blocks(file.size, (from, to) => new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to))))
	let answer: Answer = {failed: 'the verifier ended without an answer'}
	let told = 0
	Object.assign(globalThis, {
		lineproof: {
			...keys,
			size: file.size,
			read: (at: number, length: number) => blocks.read(at, length),
			progress: (checked: number) => {
				if (performance.now() - told < everyMs) return
				told = performance.now()
				tell({checked})
			},
			checked: (reports: Record<'vi' | 'en', string>) => (answer = {reports}),
			wrongKey: (whose: 'ledger' | 'witness' | 'gateway', key: string) => (answer = {whose, key}),
			failed: (failed: string) => (answer = {failed}),
		},
	})
	await go.run(instance)
	return answer
}

const tell = (what: Answer | Told) => postMessage(what)
