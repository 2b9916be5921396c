// Opens the page as a phone does and says what it shows: node look.mjs URL FOLDER
// playwright-core is that of the web app; the browser is Debian's Chromium.
import {existsSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'

const {chromium} = createRequire(new URL('../../../dashboards/package.json', import.meta.url))('playwright-core')
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: run make deps`)

const [url, folder] = process.argv.slice(2)
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const browser = await chromium.launch({executablePath, args})
const seen = {}
for (const lang of ['vi', 'en']) {
	const context = await browser.newContext({viewport: {width: 390, height: 844}, hasTouch: true, locale: lang, colorScheme: lang === 'vi' ? 'light' : 'dark'})
	const page = await context.newPage()
	const errors = [], elsewhere = []
	page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
	page.on('pageerror', (error) => errors.push(String(error)))
	page.on('request', (request) => new URL(request.url()).origin !== new URL(url).origin && elsewhere.push(request.url()))
	await page.goto(url)
	await page.screenshot({path: join(folder, `${lang}.png`), fullPage: true})
	seen[lang] = {
		lang: await page.getAttribute('html', 'lang'),
		summary: await page.textContent('.summary'),
		values: await page.locator('.value').allTextContents(),
		wrong: await page.locator('section li.wrong').count(),
		refresh: await page.getAttribute('meta[http-equiv=refresh]', 'content'),
		tooWide: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
		link: await page.getAttribute('header a', 'href'),
		errors,
		elsewhere,
	}
	await page.click('header a')
	seen[lang].after = await page.getAttribute('html', 'lang')
	await context.close()
}
await browser.close()
console.log(JSON.stringify(seen))
