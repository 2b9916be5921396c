// What a reader chose, kept on this device. A browser may forbid storage; the choice then lasts until the page goes.

/** The remembered value where it is one of those allowed. */
export function recall<T extends string>(slot: string, allowed: readonly T[]): T | undefined {
	try {
		const value = localStorage.getItem(slot)
		return allowed.find((a) => a === value)
	} catch {
		return undefined
	}
}

export function remember(slot: string, value: string) {
	try {
		localStorage.setItem(slot, value)
	} catch {
		// Storage is forbidden or full: nothing that the reader could mend.
	}
}

/** A remembered text; '' where there is none. */
export function recallText(slot: string): string {
	try {
		return localStorage.getItem(slot) ?? ''
	} catch {
		return ''
	}
}

/** Where each entry of a shift log lies that is still to be sent, before its id. */
export const outboxSlot = 'lineproof.outbox.'

/** Whether anything is kept whose name begins so. */
export function holds(prefix: string): boolean {
	try {
		return Object.keys(localStorage).some((key) => key.startsWith(prefix))
	} catch {
		return false
	}
}
