// A cable between a browser and the collector that can be pulled. A browser that is told to be offline still lets single
// requests of a page through that is just being loaded; from behind a pulled cable nothing comes.
import {connect, createServer} from 'node:net'

/** Lays a cable to url: its own url is the near end; pull and plug also tell the browser, as a device's own network does. */
export async function cable(url) {
	const far = new URL(url)
	const ends = new Set()
	let pulled = false
	const server = createServer((near) => {
		if (pulled) return near.destroy()
		const up = connect(far.port, far.hostname)
		for (const [end, other] of [[near, up], [up, near]]) {
			ends.add(end)
			end.pipe(other)
			end.on('error', () => other.destroy())
			end.on('close', () => {
				ends.delete(end)
				other.destroy()
			})
		}
	})
	await new Promise((ready) => server.listen(0, far.hostname, ready))
	return {
		url: `${far.protocol}//${far.hostname}:${server.address().port}`,
		async pull(context) {
			pulled = true
			for (const end of ends) end.destroy()
			await context.setOffline(true)
		},
		async plug(context) {
			pulled = false
			await context.setOffline(false)
		},
		cut() {
			for (const end of ends) end.destroy()
			server.close()
		},
	}
}

/** What a browser says of a network that it has not. */
export const noNetwork = /ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|FAILED|EMPTY_RESPONSE|CONNECTION_(RESET|CLOSED|REFUSED)|INCOMPLETE_CHUNKED_ENCODING)|Failed to load resource|Failed to fetch/
