// Keeps the app itself on the device, so that a wall screen that wakes before its network, or a phone without one, shows
// the page, which then says itself how old its figures are. Figures are never kept here.
const store = 'lineproof-app'

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
	const url = new URL(event.request.url)
	if (event.request.method !== 'GET' || url.origin !== location.origin) return
	if (url.pathname.startsWith('/assets/')) event.respondWith(kept(event.request))
	else if (event.request.mode === 'navigate') event.respondWith(fresh(event.request))
})

/** A file whose name changes with its content. */
async function kept(request) {
	const cache = await caches.open(store)
	const found = await cache.match(request)
	if (found) return found
	const answer = await fetch(request)
	if (answer.ok) await cache.put(request, answer.clone())
	return answer
}

/** The page as the server has it now, else as it was last. All paths are one page. */
async function fresh(request) {
	const cache = await caches.open(store)
	try {
		const answer = await fetch(request)
		if (answer.ok) {
			await cache.put('/', answer.clone())
			return answer
		}
		return (await cache.match('/')) ?? answer // a proxy that has lost its server
	} catch (cause) {
		const found = await cache.match('/')
		if (found) return found
		throw cause
	}
}
