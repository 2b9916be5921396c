// Clicks through a running Lineproof.
//   LINEPROOF_URL  its address, such as http://127.0.0.1:8080
//   LINEPROOF      the program that runs there; bin/lineproof without it
//   SHOTS          a folder for pictures of each page; none are made without it
//   PORTFOLIO      a workbook of projects with its sums beside it as .json (collector/programme/programmetest); none is loaded without it
//   WALKS          all: every size, theme and language; else each size in each theme, in one of the languages
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {launch, open, sizes} from './browser.mjs'
import {cable, noNetwork} from './cable.mjs'
import {shiftLog} from './log.mjs'
import {byHand, officer, portfolio, programme} from './programme.mjs'
import {slowLink} from './slow.mjs'
import {verifyBundles} from './verify.mjs'
import {loseConnection, walk} from './walk.mjs'

const url = process.env.LINEPROOF_URL
const shots = process.env.SHOTS
if (!url) {
	console.error('e2e: LINEPROOF_URL is not set: the address of a running Lineproof')
	process.exit(2)
}
if (shots) mkdirSync(shots, {recursive: true})

/** Runs one check on a page of its own; errors in the browser's console fail it. */
async function check(browser, url, how, name, act, expected = () => false) {
	const {context, page, errors} = await open(browser, url, how)
	try {
		await act(page, context)
		const wrong = errors.filter((e) => !expected(e))
		if (wrong.length > 0) throw new Error(`the browser says: ${wrong.join('; ')}`)
		console.log(`ok    ${name}`)
		return true
	} catch (cause) {
		console.error(`FAIL  ${name}: ${cause.stack ?? cause}`)
		if (shots) await page.screenshot({path: join(shots, `FAIL-${name}.png`)})
		return false
	} finally {
		await context.close()
	}
}

// The walks that also do what is the same in every one of them, by a finger and by a mouse, in each language.
const deep = new Set(['phone-dark-vi', 'desk-light-en'])
const short = new Set(['phone-light-en', 'phone-dark-vi', 'desk-light-en', 'desk-dark-vi', 'wall-light-vi', 'wall-dark-en'])

const browser = await launch()
let failed = 0
for (const size of Object.keys(sizes)) {
	for (const theme of ['light', 'dark']) {
		for (const lang of ['vi', 'en']) {
			const name = `${size}-${theme}-${lang}`
			if (process.env.WALKS !== 'all' && !short.has(name)) continue
			const shoot = (page) => async (place) => {
				if (shots) await page.screenshot({path: join(shots, `${name}-${place}.png`), fullPage: place !== 'explain'})
			}
			if (!(await check(browser, url, {size, theme, lang}, name, (page) => walk(page, lang, shoot(page), deep.has(name))))) failed++
		}
	}
}
const line = (await (await fetch(`${url}/api/v1/lines`)).json()).lines[0].id
await slowLink(browser, url, line).catch((cause) => {
	console.error(`FAIL  slow link: ${cause.message}`)
	failed++
})
const network = await cable(url)
const lose = (page, context) => loseConnection(network, page, context)
if (!(await check(browser, network.url, {size: 'desk', theme: 'light', lang: 'vi'}, 'connection', lose, (e) => noNetwork.test(e)))) failed++
network.cut()
const how = {size: 'phone', theme: 'dark', lang: 'vi'}
const bundles = (page) => verifyBundles(page, how.lang, line, async (place) => shots && page.screenshot({path: join(shots, `${place}.png`), fullPage: true}))
if (!(await check(browser, url, how, 'bundles', bundles))) failed++
const {studies} = await (await fetch(`${url}/api/v1/studies`)).json()
const projects = [
	['programme-desk', {size: 'desk', theme: 'light', lang: 'vi'}, async (page, shot) => {
		await officer(page, url)
		await byHand(page, 'vi', line, studies[0]?.study, shot)
		if (process.env.PORTFOLIO) await portfolio(page, 'vi', process.env.PORTFOLIO, shot)
		await programme(page, 'vi', shot)
	}],
	['programme-phone', {size: 'phone', theme: 'dark', lang: 'en'}, (page, shot) => programme(page, 'en', shot)],
]
for (const [name, how, act] of projects) {
	const shot = async (page, place) => shots && page.screenshot({path: join(shots, `${name}-${place}.png`), fullPage: true})
	if (!(await check(browser, url, how, name, (page) => act(page, (place) => shot(page, place)), (e) => /status of 422/.test(e)))) failed++
}
const logs = ['vi', 'en'].map(async (lang) => { // at the same time, for they mostly wait
	const shoot = async (page, place) => shots && page.screenshot({path: join(shots, `log-${lang}-${place}.png`), fullPage: true})
	await shiftLog(browser, url, lang, shoot).then(
		() => console.log(`ok    shift log ${lang}`),
		(cause) => {
			console.error(`FAIL  shift log ${lang}: ${cause.stack ?? cause}`)
			failed++
		},
	)
})
await Promise.all(logs)
await browser.close()
process.exitCode = failed > 0 ? 1 : 0
