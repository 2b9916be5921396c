// The part of the collector's API by which people say something: who they are, what a shift made, whether it is right.
import type {components} from '../api'
import {ApiError, get, linePath, problemOf, type Stretch} from './api'

type Schemas = components['schemas']
export type Sheet = Schemas['Sheet']
export type Entry = Schemas['Entry']
export type Signature = Schemas['CountersignInputBody']
export type Loaded = Schemas['Loaded']
export type CellProblem = Loaded['problems'][number]
export type Session = Schemas['Session']
export type Declaration = Schemas['Declaration']
/** An entry as it is sent, but for the id that its device chooses. */
export type Entered = Omit<Schemas['WriteInputBody'], 'id' | '$schema'>

/** An answer that takes longer is given up: what was sent has an id, and is sent again. */
const patienceMs = 30_000

async function send<T>(method: 'POST' | 'DELETE', path: string, body: unknown, token?: string): Promise<T | undefined> {
	const headers: Record<string, string> = {'Content-Type': 'application/json', Accept: 'application/json, application/problem+json'}
	if (token) headers.Authorization = `Bearer ${token}`
	const answer = await fetch(path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(patienceMs)}).catch(() => {
		throw new ApiError(0, {})
	})
	if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer))
	return answer.status === 204 ? undefined : ((await answer.json()) as T)
}

export const getSheet = (line: string, s: Stretch, signal?: AbortSignal) => get<Sheet>(linePath(line, `/sheet?${new URLSearchParams({...s})}`), signal)

export const getLog = (line: string, s: Stretch, signal?: AbortSignal) =>
	get<Schemas['Entries']>(linePath(line, `/log?${new URLSearchParams({...s})}`), signal).then((a) => a.entries)

export const writeEntry = (line: string, id: string, entry: Entered, token: string) => send(`POST`, linePath(line, '/log'), {...entry, id}, token)

export const signEntry = (line: string, entry: string, signature: Signature, token: string) =>
	send('POST', linePath(line, `/log/${encodeURIComponent(entry)}/signatures`), signature, token)

/** A count by hand as it is sent. */
export type Counted = Omit<Schemas['CountInputBody'], '$schema'>

export const writeCount = (line: string, count: Counted, token: string) => send('POST', linePath(line, '/counts'), count, token)

export const enrol = (name: string, pin: string) => send<Session>('POST', '/api/v1/people', {name, pin})
export const signIn = (name: string, pin: string) => send<Session>('POST', '/api/v1/sessions', {name, pin})
export const signOut = (token: string) => send('DELETE', '/api/v1/sessions', undefined, token)

export const declareLine = (line: Declaration, token: string) => send('POST', '/api/v1/lines', line, token)

/** Where the log of a stretch is to be had as a file; without one, a form to fill in. */
export const logPath = (line: string, kind: 'csv' | 'xlsx', lang: string, s?: Stretch) => linePath(line, `/log.${kind}?${new URLSearchParams({lang, ...s})}`)

/** Sends a file of entries; with try it is only looked at. told hears which part of it has gone. */
export function loadLog(line: string, file: File, tryOnly: boolean, token: string, told: (part: number) => void): Promise<Loaded> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest() // fetch does not tell how far it is
		request.open('POST', linePath(line, `/log/file?${new URLSearchParams({file: file.name.slice(-200), try: String(tryOnly)})}`))
		request.setRequestHeader('Authorization', `Bearer ${token}`)
		request.setRequestHeader('Content-Type', 'application/octet-stream')
		request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total)
		request.onerror = request.onabort = () => reject(new ApiError(0, {}))
		request.onload = () => {
			const body: unknown = parsed(request.responseText)
			if (request.status === 200) resolve(body as Loaded)
			else reject(new ApiError(request.status, (body ?? {}) as ApiError['problem']))
		}
		request.send(file)
	})
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return undefined
	}
}
