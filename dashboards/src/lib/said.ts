// Signals and their values as a reader says them.
import type {Line, Reading, Signal, SignalRole} from './api'
import type {Formats} from './format'
import {isKey} from './i18n'
import {nameOf, t, tName} from './language.svelte'
import {stateKey} from './states'

/** What a machine takes a signal for: "Units made", or the variable's own name. */
export function roleName(r: SignalRole): string {
	if (r.role === 'measure') return tName('measure', r.name ?? '')
	const reason = r.name && (r.role === 'scrap' || r.role === 'rework') ? r.name : ''
	return reason ? t('readings.role_of', {role: t(`role.${r.role}`), name: isKey(`reason.${reason}`) ? tName('reason', reason) : reason}) : t(`role.${r.role}`)
}

/** A signal by what it is for, else by its own name. */
export function signalName(s: Signal, line: Line): string {
	const [role] = s.roles
	if (!role) return s.id
	return t('readings.name', {role: roleName(role), machine: machineName(role.machine, line)})
}

export const machineName = (id: string, line: Line) => nameOf(line.machines.find((m) => m.id === id) ?? {id, name: {}})

/** A value with its unit; a state by its word, with its number where that stands for none. */
export function sayValue(value: unknown, state: Reading['state'], s: Signal, f: Formats): string {
	if (state) return t(stateKey(state))
	if (value === null || value === undefined) return t('readings.missing')
	if (typeof value === 'boolean') return t(value ? 'readings.on' : 'readings.off')
	if (typeof value !== 'number') return String(value)
	const number = f.atMost(value, s.kind === 'counter' ? 6 : digitsFor(value))
	return s.unit ? `${number}\u00a0${s.unit}` : number
}

// Five figures that count, and no more than six after the comma.
const digitsFor = (value: number) => (Number.isInteger(value) || value === 0 ? 0 : Math.min(6, Math.max(0, 4 - Math.floor(Math.log10(Math.abs(value))))))

/** How long each bucket is: a whole number of the largest unit that it is whole in. */
export function widthName(seconds: number, f: Formats): string {
	const [unit, length] = ([['day', 86_400], ['hour', 3600], ['minute', 60]] as const).find(([, s]) => seconds >= s && seconds % s === 0) ?? (['second', 1] as const)
	return t(`readings.width.${unit}`, {n: f.number(seconds / length)})
}
