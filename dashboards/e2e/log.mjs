// The shift log as people use it: typed on a phone without a network, sent once when there is one, countersigned by a second
// person, corrected, and loaded from a file whose wrong cells are named.
import assert from 'node:assert/strict'
import {sizes} from './browser.mjs'
import {cable, noNetwork} from './cable.mjs'
import {kept, settled} from './walk.mjs'

const wait = {timeout: 120_000}
const hand = `hand-press-${Date.now().toString(36)}-` // and the language: each has a line of its own, new in every run
const pin = '123456'

/** Walks through the log in one language; shot(name) is called on what should be seen. */
export async function shiftLog(browser, url, lang, shot = async () => {}) {
	const id = hand + lang
	const people = await enrolled(url, lang)
	const line = await cable(url)
	const {context, page, errors} = await phone(browser, line.url, lang)
	const look = async (page, place) => {
		await settled(page, lang)
		await shot(page, place)
	}
	try {
		await declared(page, url, id, people.lan.name, look)
		await typedWithoutNetwork(line, context, page, url, id, people.lan.name, look)
		await killed(browser, url, lang, id, people.lan)
		await countersigned(browser, url, lang, id, people.minh.name, look)
		await corrected(page, url, id, look)
		await filed(page, url, id, look)
		const wrong = errors.filter((e) => !noNetwork.test(e))
		assert.deepEqual(wrong, [], 'the browser says')
	} finally {
		await context.close()
		line.cut()
	}
}

async function phone(browser, url, lang) {
	const context = await browser.newContext({viewport: sizes.phone, hasTouch: true, baseURL: url})
	await context.addInitScript((lang) => localStorage.setItem('lineproof.language', lang), lang)
	const page = await context.newPage()
	const errors = []
	page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
	page.on('pageerror', (error) => errors.push(String(error)))
	return {context, page, errors}
}

async function post(url, path, body, token) {
	const headers = {'Content-Type': 'application/json', ...(token && {Authorization: `Bearer ${token}`})}
	return fetch(url + path, {method: 'POST', headers, body: JSON.stringify(body)})
}

/** Two people, who may have enrolled in a run before. */
async function enrolled(url, lang) {
	const one = async (name) => {
		const made = await post(url, '/api/v1/people', {name, pin})
		const answer = made.ok ? made : await post(url, '/api/v1/sessions', {name, pin})
		assert.ok(answer.ok, `${name}: ${answer.status}`)
		return answer.json()
	}
	return {lan: await one(`Lan ${lang}`), minh: await one(`Minh ${lang}`)}
}

/** A line that no gateway reads is declared on the start page, and its card leads to its log. */
async function declared(page, url, id, name, shot) {
	await page.goto('/')
	await page.locator('main details > summary').last().click()
	await signIn(page, name)
	const form = page.locator('form', {has: page.locator('textarea')})
	await form.locator('button').click()
	await form.locator('[role=alert]').waitFor(wait)
	await form.locator('input').first().fill(id)
	await form.locator('textarea').fill('GB-390 Gạch bê tông 390')
	await shot(page, 'declare')
	await form.locator('button').click()
	const card = page.locator('article', {hasText: id})
	await card.locator('h2 a').click()
	await page.locator('[data-field=produced]').waitFor(wait)
	assert.equal(new URL(page.url()).pathname, `/lines/${id}/log`)
	const {lines} = await (await fetch(`${url}/api/v1/lines`)).json()
	assert.ok(lines.find((l) => l.id === id).declared, 'it is declared')
}

async function entries(url, id) {
	const answer = await fetch(`${url}/api/v1/lines/${id}/log?from=2020-01-01T00:00:00Z&to=2039-01-01T00:00:00Z`)
	return (await answer.json()).entries
}

/** Waits until the log has what it should have; asks as a page would. */
async function until(url, id, holds, what) {
	const end = Date.now() + wait.timeout
	for (;;) {
		const all = await entries(url, id)
		if (holds(all)) return all
		assert.ok(Date.now() < end, `${what}: ${JSON.stringify(all)}`)
		await new Promise((go) => setTimeout(go, 200))
	}
}

async function signIn(page, name) {
	const form = page.locator('form', {has: page.locator('input[type=password]')})
	await form.locator('input[type=text]').fill(name)
	await form.locator('input[type=password]').fill(pin)
	await form.locator('button[type=submit]').click()
	await page.locator('.signed', {hasText: name}).waitFor(wait)
}

const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)

/** Types a shift of some days ago, with hours of its own. */
async function type(page, ago, figures) {
	const form = page.locator('form', {has: page.locator('[data-field=produced]')})
	await form.locator('input[type=date]').fill(day(ago))
	await form.locator('input[type=time]').first().fill('06:00')
	await form.locator('input[type=time]').last().fill('14:00')
	for (const [name, value] of Object.entries(figures)) await form.locator(`[data-field=${name}] input`).fill(value)
	return form
}

/** What is typed without a network waits, through a reload too, and arrives once when the network is back. */
async function typedWithoutNetwork(line, context, page, url, id, name, shot) {
	await page.evaluate(async () => (await caches.open('lineproof-app /assets/index-old.js')).put('/', new Response('an older version')))
	await page.reload() // the server's page, and never an older one
	await page.locator('.signed', {hasText: name}).waitFor(wait)
	await kept(page, ['/LogPage-', '/outbox'])
	await line.pull(context)
	await page.reload()
	await page.locator('[data-field=produced]').waitFor(wait)

	const form = await type(page, 3, {produced: '100', good: '101'})
	await form.locator('button[type=submit]').click()
	await form.locator('[data-field=good] [role=alert]').waitFor(wait)
	await page.reload() // what was typed is still there
	assert.equal(await page.locator('[data-field=good] input').inputValue(), '101', 'the draft')
	await type(page, 3, {good: '90', scrap: '3', workers: '10', attended_hours: '8'})
	assert.equal(await form.locator('.doubts li').count(), 2, 'units that are neither, and the hours of one')
	await shot(page, 'doubts')
	await type(page, 3, {good: '97', attended_hours: '80'})
	await form.locator('.doubts').waitFor({state: 'hidden', ...wait})
	await form.locator('button[type=submit]').click()
	await page.locator('[data-waiting]').waitFor(wait)
	await page.reload()
	await page.locator('[data-waiting]').waitFor(wait)
	await shot(page, 'waiting')
	assert.deepEqual(await entries(url, id).then((all) => all.filter((e) => e.shift_start.startsWith(day(4)))), [], 'nothing has come')

	await line.plug(context)
	await page.locator('[data-waiting]').waitFor({state: 'hidden', ...wait})
	await page.locator('[data-entry]').first().waitFor(wait)
	const [entry, ...more] = await entries(url, id)
	assert.deepEqual(more, [], 'it came once')
	assert.deepEqual([entry.by, entry.produced, entry.good, entry.scrap, entry.attended_hours, entry.rework, entry.status], [name, 100, 97, 3, 80, undefined, 'unsigned'])
}

/** A browser that is gone before the answer comes sends the entry again when it is back: it is one. */
async function killed(browser, url, lang, id, lan) {
	const {context, page} = await phone(browser, url, lang)
	await page.goto(`/lines/${id}/log`)
	await signIn(page, lan.name)
	const heard = new Promise((resolve) => {
		void page.route(`**/lines/${id}/log`, async (route) => {
			await route.fetch() // the collector has it, the phone does not know
			resolve()
		})
	})
	const form = await type(page, 5, {produced: '50'})
	await form.locator('button[type=submit]').click()
	await heard
	await page.locator('[data-waiting]').waitFor(wait)
	const storageState = await context.storageState()
	await context.close()

	const again = await browser.newContext({viewport: sizes.phone, baseURL: url, storageState})
	const back = await again.newPage()
	const answered = back.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith(`/lines/${id}/log`), wait)
	await back.goto('/') // any page sends
	assert.equal((await answered).status(), 204, 'the same entry again')
	await back.goto(`/lines/${id}/log`)
	await back.locator('[data-entry]').nth(1).waitFor(wait)
	assert.equal(await back.locator('[data-waiting]').count(), 0, 'nothing waits')
	assert.equal((await entries(url, id)).length, 2, 'each shift once')
	await again.close()
}

/** Another person reads the whole entry and agrees; its writer is not offered to. */
async function countersigned(browser, url, lang, id, name, shot) {
	const {context, page} = await phone(browser, url, lang)
	await page.goto(`/lines/${id}/log`)
	await signIn(page, name)
	const entry = page.locator('[data-entry]').first()
	await entry.locator('[data-do=sign]').click()
	await entry.locator('.sign dl').waitFor(wait)
	assert.match(await entry.locator('.sign').innerText(), /97/, 'what they agree to')
	await shot(page, 'sign')
	await entry.locator('.sign .tools button').nth(1).click() // without saying why
	await entry.locator('.sign [role=alert]').waitFor(wait)
	await entry.locator('.sign .agree').click()
	await page.locator('[data-entry].signed').waitFor(wait)
	await until(url, id, (all) => all.some((e) => e.status === 'signed' && e.signatures[0].by === name), 'countersigned')
	const old = page.locator('[data-entry].unsigned')
	await old.locator('[data-do=sign]').click()
	await old.locator('.sign input').fill('50?')
	await old.locator('.sign .tools button').nth(1).click()
	await page.locator('[data-entry].disputed', {hasText: '50?'}).waitFor(wait)
	await context.close()
}

/** A correction takes the place of what was written, which stays readable; a refusal can be mended. */
async function corrected(page, url, id, shot) {
	await page.reload()
	const disputed = page.locator('[data-entry].disputed')
	assert.equal(await disputed.locator('[data-do=sign]').count(), 0, 'its writer may correct, not sign')
	await disputed.locator('[data-do=correct]').click()
	const form = page.locator('form', {has: page.locator('[data-field=produced]')})
	assert.equal(await form.locator('[data-field=produced] input').inputValue(), '50')
	await form.locator('[data-field=produced] input').fill('55')
	await form.locator('button[type=submit]').click()
	await page.locator('[data-entry].replaced').waitFor(wait)
	await until(url, id, (all) => all.some((e) => e.produced === 55 && e.status === 'unsigned') && all.some((e) => e.produced === 50 && e.status === 'replaced'), 'corrected')

	await type(page, 5, {produced: '60'}) // the same shift, not as a correction
	await form.locator('button[type=submit]').click()
	const refused = page.locator('[data-waiting].refused')
	await refused.locator('.mistakes li').waitFor(wait)
	await shot(page, 'refused')
	await refused.locator('.tools button').first().click() // mend
	await page.locator('[data-waiting]').waitFor({state: 'hidden', ...wait})
	assert.equal(await form.locator('[data-field=produced] input').inputValue(), '60', 'back in the form')
	await form.locator('input[type=date]').fill(day(6))
	await form.locator('button[type=submit]').click()
	await until(url, id, (all) => all.some((e) => e.produced === 60), 'mended')
}

const csv = (rows) => ['shift_start,shift_end,produced,good,energy_kwh', ...rows].join('\r\n')

/** A file whose cells are wrong is not kept, and each of them is named; once mended it is. */
async function filed(page, url, id, shot) {
	const before = (await entries(url, id)).length
	const load = (text) => page.locator('input[type=file]').setInputFiles({name: 'so-ca.csv', mimeType: 'text/csv', buffer: Buffer.from(text)})
	const good = `${day(9)} 06:00,${day(9)} 14:00,90,88,12.5`
	await load(csv([good, `${day(8)} 06:00,${day(8)} 14:00,80,x,12.5`, `${day(7)} 06:00,${day(7)} 14:00,70,71,-1`]))
	await page.locator('tr.error').nth(2).waitFor(wait)
	assert.deepEqual(await page.locator('tr.error th').allInnerTexts(), ['D3', 'D4', 'E4'])
	await shot(page, 'file')
	assert.equal((await entries(url, id)).length, before, 'nothing of it was kept')
	await load(csv([good, `${day(8)} 06:00,${day(8)} 14:00,80,,12.5`]))
	await page.locator('.result button').click()
	const all = await until(url, id, (all) => all.length === before + 2, 'the file')
	assert.ok(all.some((e) => e.source?.includes('so-ca.csv') && e.produced === 80 && e.good === undefined), 'an empty cell is not known')
}
