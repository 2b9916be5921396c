// Has a bundle checked in this browser, by the collector's own code.
import program from '../../wasm/verify.wasm.gz?url'
import type {Lang} from './i18n'

/** What is to be checked, with which keys; as lineproof verify takes them. */
export interface Question {
	file: File
	ledger: string
	witnesses: string[]
	gateways: string[]
}

/** How far it is: a part of 1. */
export type Told = {loaded: number} | {checked: number}

/** The reports are the JSON of lineproof verify --json. */
export type Answer = {reports: Record<Lang, string>} | {whose: 'ledger' | 'witness' | 'gateway'; key: string} | {failed: string}

/** The report, as far as a page shows it. */
export interface Report {
	ok: boolean
	verdict: string
	of: string
	checks: Check[]
}

export interface Check {
	check: string
	title: string
	state: 'holds' | 'fails' | 'unasked' | 'not_done'
	outcome: string
	proves: string
	cannot: string
	found: Said[]
	notes: Said[]
}

export interface Said {
	key: string
	text: string
}

/** The verifier could not be had. */
export class NotLoaded extends Error {}

/** How large the verifier is on its way here, in bytes. */
export const verifierBytes = VERIFIER_BYTES

/** Checks a bundle; told hears how far it is. */
export async function check(q: Question, told: (how: Told) => void, signal: AbortSignal): Promise<Answer> {
	const loaded = await load((bytes) => told({loaded: bytes / verifierBytes}), signal)
	const worker = new Worker(new URL('./verifier.worker.ts', import.meta.url), {type: 'module'})
	try {
		return await new Promise<Answer>((resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason as Error))
			worker.onerror = () => reject(new NotLoaded())
			worker.onmessage = ({data}: MessageEvent<Answer | Told>) => ('checked' in data || 'loaded' in data ? told(data) : resolve(data))
			worker.postMessage({...q, program: loaded}, [loaded])
		})
	} finally {
		worker.terminate()
	}
}

async function load(told: (bytes: number) => void, signal: AbortSignal): Promise<ArrayBuffer> {
	try {
		const answer = await fetch(program, {signal})
		if (!answer.ok || !answer.body) throw new NotLoaded()
		let bytes = 0
		const counted = answer.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
			transform(part, to) {
				told((bytes += part.length))
				to.enqueue(part)
			},
		}))
		return await new Response(counted).arrayBuffer()
	} catch (cause) {
		if (signal.aborted) throw cause
		throw new NotLoaded()
	}
}
