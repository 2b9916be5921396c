// The page that a path asks for, and the paths of a line.

/** What there is to see of a line, in the order of its tabs; now is the line's own path. */
export const tabs = ['now', 'history', 'stops', 'quality', 'readings', 'log', 'calendar', 'studies', 'board'] as const
export type Tab = (typeof tabs)[number]
/** The minutes are reached from a figure and not from a tab. */
export const views = [...tabs, 'minutes'] as const
export type View = (typeof views)[number]

export type Route =
	| {page: 'start'}
	| {page: 'line'; line: string; view: View}
	| {page: 'gateways'}
	| {page: 'verify'}
	| {page: 'studies'}
	| {page: 'study'; study: string}
	| {page: 'study-form'; study?: string}
	| {page: 'unknown'}

/** The page that a path asks for. */
export function routeOf(path: string): Route {
	const parts = path.split('/').filter(Boolean)
	if (parts.length === 0) return {page: 'start'}
	if (parts.length === 1 && (parts[0] === 'gateways' || parts[0] === 'verify' || parts[0] === 'studies')) return {page: parts[0]}
	if (parts[0] === 'studies' && parts[1]) return studyRoute(parts[1], parts.slice(2))
	const view = views.find((v) => v === (parts[2] ?? 'now'))
	if (parts[0] === 'lines' && parts[1] && view && parts.length === (view === 'now' ? 2 : 3)) return lineRoute(parts[1], view)
	return {page: 'unknown'}
}

/** A study's name is of small letters, digits, - and _, so that it stands in its path as it is. */
function studyRoute(study: string, rest: string[]): Route {
	if (rest.length === 0) return study === 'new' ? {page: 'study-form'} : {page: 'study', study}
	return rest.length === 1 && rest[0] === 'edit' ? {page: 'study-form', study} : {page: 'unknown'}
}

function lineRoute(encoded: string, view: View): Route {
	try {
		return {page: 'line', line: decodeURIComponent(encoded), view}
	} catch {
		return {page: 'unknown'}
	}
}

export const lineHref = (line: string, view: View = 'now') => `/lines/${encodeURIComponent(line)}${view === 'now' ? '' : `/${view}`}`
