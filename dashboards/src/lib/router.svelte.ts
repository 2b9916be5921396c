// Client-side routes on the History API. The server answers index.html for every path that is not a file.
import {routeOf} from './route'

class Router {
	path = $state(location.pathname)
	/** What a page keeps in its address, beginning with a question mark; empty where it keeps nothing. */
	search = $state(location.search)
	route = $derived(routeOf(this.path))
	#arrived = () => {}

	/** Takes over the clicks on links inside the app; returns how to stop. */
	start(arrived: () => void): () => void {
		this.#arrived = arrived
		const pop = () => this.#look()
		const click = (event: MouseEvent) => {
			const href = ownHref(event)
			if (href === undefined) return
			event.preventDefault()
			this.go(href)
		}
		addEventListener('popstate', pop)
		document.addEventListener('click', click)
		return () => {
			removeEventListener('popstate', pop)
			document.removeEventListener('click', click)
		}
	}

	/** Opens a page of ours. */
	go(href: string) {
		if (href !== location.pathname + location.search) history.pushState(null, '', href)
		this.#look()
		this.#arrived()
	}

	#look() {
		this.path = location.pathname
		this.search = location.search
	}

	/** Keeps something else in the page's address; the way back does not lead over it. */
	keep(search: string) {
		if (search === location.search) return
		history.replaceState(null, '', location.pathname + search)
		this.search = search
	}
}

// ownHref is the path and search of a link of ours that was clicked plainly; new tabs and downloads stay the browser's.
function ownHref(event: MouseEvent): string | undefined {
	if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
	const link = (event.target as Element).closest('a')
	if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
	if (link.hash && link.pathname === location.pathname) return
	if (link.pathname.startsWith('/api/') || link.pathname.startsWith('/ledger/')) return
	return link.pathname + link.search
}

export const router = new Router()
