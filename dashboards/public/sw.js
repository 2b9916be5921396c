// Keeps the app itself on the device, so that a wall screen that wakes before its network, or a phone without one, shows
// the page, which then says itself how old its figures are. Figures are never kept here.
//
// A version of the app is kept whole, in a cache that is named by its main script: once a page of it runs, and names the
// files that it needed, the versions before are thrown away. With a network the page is always the server's.
const prefix = 'lineproof-app '
const patienceMs = 5_000 // a network that hangs is none, where the page is kept

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('message', (event) => event.waitUntil(keep(event.data)))

self.addEventListener('fetch', (event) => {
	const url = new URL(event.request.url)
	if (event.request.method !== 'GET' || url.origin !== location.origin) return
	if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event.request))
	else if (event.request.mode === 'navigate') event.respondWith(page(event.request))
})

/** Keeps the version whose page runs, with the files that it has loaded, and no other. */
async function keep({script, files}) {
	const name = prefix + script
	const cache = await caches.open(name)
	const answer = await fetch('/')
	if (!answer.ok || !(await answer.clone().text()).includes(script)) return // there is a newer one already
	await Promise.all(files.map(async (file) => (await cache.match(file)) ?? cache.add(file)))
	await cache.put('/', answer)
	const others = (await caches.keys()).filter((other) => other !== name)
	await Promise.all(others.map((other) => caches.delete(other)))
}

/** A file whose name changes with its content. */
async function asset(request) {
	return (await caches.match(request)) ?? fetch(request)
}

/** The page as the server has it now, else as it is kept. All paths are one page. */
async function page(request) {
	const kept = await caches.match('/')
	if (!kept) return fetch(request)
	try {
		const answer = await fetch(request, {signal: AbortSignal.timeout(patienceMs)})
		return answer.ok ? answer : kept // a proxy that has lost its server
	} catch {
		return kept
	}
}
