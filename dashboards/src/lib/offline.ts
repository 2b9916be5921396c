// Makes the page come up without the network. A browser allows it only where nobody can tamper on the way.

/** Has this version of the app kept on the device: its page and the files that it has loaded so far, each time there are more. */
export function keepApp() {
	if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
	const files = new Set<string>()
	const tell = () => navigator.serviceWorker.controller?.postMessage({script: new URL(import.meta.url).pathname, files: [...files]})
	navigator.serviceWorker.addEventListener('controllerchange', tell)
	new PerformanceObserver((loaded) => {
		const before = files.size
		for (const {name} of loaded.getEntries()) {
			const url = new URL(name)
			if (url.origin === location.origin && url.pathname.startsWith('/assets/')) files.add(url.pathname)
		}
		if (files.size > before) tell()
	}).observe({type: 'resource', buffered: true})
	addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined)) // the figures come first
}
