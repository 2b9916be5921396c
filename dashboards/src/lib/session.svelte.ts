// Who signs on this device: a name and a token, until they sign out. All tabs know the same.
import {ApiError} from './api'
import {enrol, signIn, signOut, type Session} from './logapi'

const slot = 'lineproof.session'

function kept(): Session | undefined {
	try {
		const text = localStorage.getItem(slot)
		return text ? (JSON.parse(text) as Session) : undefined
	} catch {
		return undefined // storage is forbidden: a session lasts until the page goes
	}
}

class Signed {
	now = $state.raw<Session | undefined>(kept())
	/** Whose token the collector no longer knows: they have to sign in again. */
	lapsed = $state<string>()

	constructor() {
		addEventListener('storage', (event) => {
			if (event.key === slot || event.key === null) this.now = kept()
		})
	}

	signIn = async (name: string, pin: string) => this.#take(await signIn(name, pin))
	enrol = async (name: string, pin: string) => this.#take(await enrol(name, pin))

	/** Forgets who they are here, and asks the collector to do so too. */
	async signOut() {
		const token = this.now?.token
		this.#keep(undefined)
		if (token) await signOut(token).catch(() => undefined) // without a network the token dies of age
	}

	/** To be called when the collector does not know the token. */
	lapse(error: unknown) {
		if (!(error instanceof ApiError) || error.status !== 401) return
		this.lapsed = this.now?.name
		this.#keep(undefined)
	}

	#take(session: Session | undefined) {
		if (!session) throw new ApiError(0, {})
		this.lapsed = undefined
		this.#keep({name: session.name, token: session.token})
	}

	#keep(session: Session | undefined) {
		this.now = session
		try {
			if (session) localStorage.setItem(slot, JSON.stringify(session))
			else localStorage.removeItem(slot)
		} catch {
			// Storage is forbidden: they stay signed in until the page goes.
		}
	}
}

export const signed = new Signed()
