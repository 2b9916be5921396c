// A line's page on a phone far from the town: 1.6 Mbit/s, 150 ms, nothing in the cache. What the link alone costs is
// asserted always; the time by the clock only with SLOW_LINK=strict, for it is that of a computer with nothing else to do.
import assert from 'node:assert/strict'

const link = {offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 768_000 / 8}
const tries = 3
const budgetMs = 1_000
const appBytes = 300_000
/** The page, then scripts, styles and the line itself: each step waits for the one before. */
const steps = 2

/** Opens the line's page anew over a slow link, and gives the best time to its figures: others may use this computer too. */
export async function slowLink(browser, url, line) {
	const times = []
	let once
	for (let n = 0; n < tries; n++) {
		once = await load(browser, url, line)
		times.push(once.figuresMs)
	}
	const best = Math.min(...times)
	const linkMs = steps * link.latency + (once.first / link.downloadThroughput) * 1_000
	console.log(`      figures of ${line} after ${times.map(Math.round).join(', ')} ms at 1.6 Mbit/s and 150 ms, of which the link takes ${Math.round(linkMs)} ms; ` +
		`app ${Math.round(once.all / 1000)} kB compressed with its charts, ${Math.round(once.first / 1000)} kB before the figures`)
	assert.ok(linkMs < budgetMs, `the link alone takes ${Math.round(linkMs)} ms until the figures, not under ${budgetMs}`)
	assert.ok(once.all < appBytes, `the app is ${once.all} bytes compressed, not under ${appBytes}`)
	if (process.env.SLOW_LINK === 'strict') assert.ok(best < budgetMs, `the figures came after ${Math.round(best)} ms, not within ${budgetMs}`)
}

async function load(browser, url, line) {
	const context = await browser.newContext({viewport: {width: 390, height: 844}, serviceWorkers: 'block'})
	try {
		await context.addInitScript(() => {
			const watch = new MutationObserver(() => {
				if (!document.querySelector('.board .panel footer')) return
				globalThis.figuresAt = performance.now()
				watch.disconnect()
			})
			watch.observe(document, {childList: true, subtree: true})
		})
		const page = await context.newPage()
		const session = await context.newCDPSession(page)
		await session.send('Network.enable')
		await session.send('Network.emulateNetworkConditions', link)
		const files = new Map()
		let all = 0
		session.on('Network.responseReceived', ({requestId, response}) => files.set(requestId, response.url))
		session.on('Network.loadingFinished', ({requestId, encodedDataLength}) => {
			if (!(files.get(requestId) ?? '').includes('/api/')) all += encodedDataLength
		})
		await page.goto(`${url}/lines/${line}`, {waitUntil: 'commit'})
		await page.waitForFunction(() => globalThis.figuresAt, undefined, {timeout: 30_000})
		const {figuresMs, first} = await page.evaluate(() => {
			const before = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter((r) => r.responseEnd < globalThis.figuresAt)
			return {figuresMs: globalThis.figuresAt, first: before.reduce((sum, r) => sum + r.transferSize, 0)}
		})
		await page.locator('.hours .chart svg').waitFor({timeout: 60_000})
		return {figuresMs, first, all}
	} finally {
		await context.close()
	}
}
