// Makes the pictures of docs/how-to from a running demonstration: each page as its reader meets it, in both languages.
//   LINEPROOF_URL  its address
//   PICTURES       the folder to leave them in
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {launch, open} from './browser.mjs'

const url = process.env.LINEPROOF_URL
const folder = process.env.PICTURES
const wait = {timeout: 120_000}
mkdirSync(folder, {recursive: true})

const line = (await (await fetch(`${url}/api/v1/lines`)).json()).lines[0].id

/** name: [size, path, what has to be there before the picture is taken, whether all of the page is on it] */
const pictures = {
	'line-phone': ['phone', `/lines/${line}`, '.hours .chart svg'],
	'stops-desk': ['desk', `/lines/${line}/stops`, '.pareto, main article, main section'],
	'quality-desk': ['desk', `/lines/${line}/quality`, '.scrap-control .chart svg'],
	'board-wall': ['wall', `/lines/${line}/board`, 'main svg'],
	'gateways-desk': ['desk', '/gateways', '.collector'],
	'readings-desk': ['desk', `/lines/${line}/readings?signal=press.pressure`, '.readings .chart svg'],
}

const browser = await launch()
for (const lang of ['vi', 'en']) {
	for (const [name, [size, path, there]] of Object.entries(pictures)) {
		const {context, page} = await open(browser, url, {size, theme: 'light', lang})
		await page.goto(path)
		await page.locator(there).first().waitFor(wait)
		await page.waitForLoadState('networkidle').catch(() => undefined) // a page that is live never rests
		await page.screenshot({path: join(folder, `${name}-${lang}.jpg`), type: 'jpeg', quality: 82})
		await context.close()
	}
}
await browser.close()
