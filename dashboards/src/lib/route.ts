// The page that a path asks for, and the path of a line.

export type Route = {page: 'start'} | {page: 'line'; line: string} | {page: 'gateways'} | {page: 'unknown'}

/** The page that a path asks for. */
export function routeOf(path: string): Route {
	const parts = path.split('/').filter(Boolean)
	if (parts.length === 0) return {page: 'start'}
	if (parts.length === 1 && parts[0] === 'gateways') return {page: 'gateways'}
	if (parts.length === 2 && parts[0] === 'lines' && parts[1]) return lineRoute(parts[1])
	return {page: 'unknown'}
}

function lineRoute(encoded: string): Route {
	try {
		return {page: 'line', line: decodeURIComponent(encoded)}
	} catch {
		return {page: 'unknown'}
	}
}

export const lineHref = (line: string) => `/lines/${encodeURIComponent(line)}`
