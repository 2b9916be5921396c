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
const study = (await (await fetch(`${url}/api/v1/studies`)).json()).studies[0].study

/** Drops the evidence of the last hour on the page that checks it. */
async function check(page) {
	const now = Date.now()
	const query = new URLSearchParams({from: new Date(now - 3_600_000).toISOString(), to: new Date(now).toISOString()})
	const bundle = await (await page.request.get(`/api/v1/lines/${line}/bundle?${query}`, wait)).body()
	await page.locator('input[type=file]').setInputFiles({name: `${line}.zip`, mimeType: 'application/zip', buffer: bundle})
}

/** name: [size, path, what has to be there before the picture is taken, what is done before that] */
const pictures = {
	'line-phone': ['phone', `/lines/${line}`, '.hours .chart svg'],
	'stops-desk': ['desk', `/lines/${line}/stops`, 'main .list'],
	'quality-desk': ['desk', `/lines/${line}/quality`, '.scrap-control .chart svg'],
	'board-wall': ['wall', `/lines/${line}/board`, '.wall .hours .chart svg'],
	'readings-desk': ['desk', `/lines/${line}/readings?signal=press.pressure`, '.readings .chart svg'],
	'gateways-desk': ['desk', '/gateways', '.collector'],
	'programme-desk': ['desk', '/programme', 'main section'],
	'study-desk': ['desk', `/studies/${study}`, 'main section svg'],
	'verify-desk': ['desk', '/verify', '.verdict', check],
}

const browser = await launch()
for (const lang of ['vi', 'en']) {
	for (const [name, [size, path, there, act]] of Object.entries(pictures)) {
		const {context, page} = await open(browser, url, {size, theme: 'light', lang})
		await page.goto(path)
		await act?.(page)
		await page.locator(there).first().waitFor(wait)
		await page.waitForTimeout(1_000) // charts move into place
		await page.screenshot({path: join(folder, `${name}-${lang}.jpg`), type: 'jpeg', quality: 80})
		await context.close()
	}
}
await browser.close()
