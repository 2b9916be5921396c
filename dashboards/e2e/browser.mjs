// Debian's Chromium, in the sizes in which the pages are used.
import {existsSync} from 'node:fs'
import {chromium} from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export const sizes = {phone: {width: 390, height: 844}, desk: {width: 1280, height: 800}, wall: {width: 1920, height: 1080}}

export async function launch() {
	if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: run make deps`)
	return chromium.launch({executablePath, args})
}

/** A page in one size, theme and language that fails the run when the browser logs an error. */
export async function open(browser, url, {size, theme, lang}) {
	const context = await browser.newContext({viewport: sizes[size], hasTouch: size === 'phone', baseURL: url})
	await context.addInitScript(
		([theme, lang]) => {
			localStorage.setItem('lineproof.theme', theme)
			if (!localStorage.getItem('lineproof.language')) localStorage.setItem('lineproof.language', lang)
		},
		[theme, lang],
	)
	const page = await context.newPage()
	const errors = []
	page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
	page.on('pageerror', (error) => errors.push(String(error)))
	return {context, page, errors}
}
