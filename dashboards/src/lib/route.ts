// The page that a path asks for, and the paths of a line.

type LinePage = 'line' | 'quality'
export type Route = {page: 'start'} | {page: LinePage; line: string} | {page: 'gateways'} | {page: 'unknown'}

/** The page that a path asks for. */
export function routeOf(path: string): Route {
	const parts = path.split('/').filter(Boolean)
	if (parts.length === 0) return {page: 'start'}
	if (parts.length === 1 && parts[0] === 'gateways') return {page: 'gateways'}
	const [room, line, rest] = parts
	if (room === 'lines' && line && parts.length === 2) return lineRoute('line', line)
	if (room === 'lines' && line && parts.length === 3 && rest === 'quality') return lineRoute('quality', line)
	return {page: 'unknown'}
}

function lineRoute(page: LinePage, encoded: string): Route {
	try {
		return {page, line: decodeURIComponent(encoded)}
	} catch {
		return {page: 'unknown'}
	}
}

export const lineHref = (line: string) => `/lines/${encodeURIComponent(line)}`

/** The path of a line's control charts. */
export const qualityHref = (line: string) => `${lineHref(line)}/quality`
