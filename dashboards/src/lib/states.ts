// The states of PackML (ISA-TR88.00.02) in families that look alike: a colour and an icon each. The word that
// stands beside them is the state's own.
import type {State} from './api'

export type Family = 'run' | 'change' | 'wait' | 'starved' | 'held' | 'stop' | 'fault' | 'unknown' | 'unobserved'

/** In the order of a legend. */
export const families: readonly Family[] = ['run', 'change', 'wait', 'starved', 'held', 'stop', 'fault', 'unknown', 'unobserved']

const familyOfState: Record<State, Family> = {
	execute: 'run',
	starting: 'change',
	completing: 'change',
	resetting: 'change',
	clearing: 'change',
	unholding: 'change',
	unsuspending: 'change',
	idle: 'wait',
	complete: 'wait',
	suspending: 'starved',
	suspended: 'starved',
	holding: 'held',
	held: 'held',
	stopping: 'stop',
	stopped: 'stop',
	aborting: 'fault',
	aborted: 'fault',
	undefined: 'unknown',
}

/** The family of a state; null is a machine that nobody looks at, which is not a machine that stands still. */
export const familyOf = (state: State | null): Family => (state === null ? 'unobserved' : familyOfState[state])

/** The words for a state: a key of the language files. */
export const stateKey = (state: State | null) => `state.${state ?? 'unobserved'}` as const
