// What a reader does: from the lines to one line, to the arithmetic of a figure, to the other language, to the gateways.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const wait = {timeout: 120_000} // a line that has just begun has no OEE before its first full minute

/**
 * Walks through the app; shot(name) is called on each page as it should be seen. With deep it also does there what is the
 * same in every size, theme and language: it asks for other groupings, zooms by the wheel, saves files, gives a reason.
 */
export async function walk(page, lang, shot, deep) {
	await page.goto('/')
	const card = page.locator('article').first()
	await card.waitFor(wait)
	const name = await card.locator('h2').innerText()
	await alerted(page, lang)
	await settled(page, lang)
	await shot('start')

	await card.locator('h2 a').click()
	await page.getByRole('heading', {level: 1, name}).waitFor()
	await page.locator('.status.live').waitFor(wait)
	await page.locator('.hours .chart svg').waitFor(wait)
	await page.locator('.quality .chart svg').waitFor(wait)
	await settled(page, lang)
	await shot('line')

	await controlled(page, lang, shot, deep)
	await explained(page, shot)
	await downToReadings(page, lang, shot, deep)
	await furtherPages(page, lang, shot, deep)
	await otherLanguage(page, lang)
	await page.locator('nav a[href="/gateways"]').click()
	await page.locator('article').first().waitFor(wait)
	await page.locator('.collector').waitFor(wait)
	await settled(page, other(lang))
	await shot('gateways')
	await page.goBack()
	await page.getByRole('heading', {level: 1}).waitFor()
	assert.match(new URL(page.url()).pathname, /^\/lines\//, 'back leads to the line')
}

/** What is out of order stands on the start page with its line, and is counted in the head of every page. */
async function alerted(page, lang) {
	const {alerts} = await (await page.request.get('/api/v1/alerts')).json()
	const open = page.locator('.alerts li.open')
	await open.first().waitFor(wait)
	assert.equal(await open.count(), alerts.filter((a) => a.until === null).length, 'open alerts')
	const {line_names: names, limit} = alerts.find((a) => a.rule === 'quality' && a.until === null).about
	const said = await open.first().innerText()
	for (const text of [names[0][lang], String(limit * 100)]) assert.ok(said.includes(text), `"${said}" tells of ${text}`)
	assert.equal(await page.locator('header a[href="/"] .number').innerText(), String(await open.count()), 'the count in the head')
}

const other = (lang) => (lang === 'vi' ? 'en' : 'vi')

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** The page fits its width, says its language, has one heading of the first level, and breaks no serious rule of accessibility. */
export async function settled(page, lang) {
	const {wide, box, said, headings} = await page.evaluate(() => ({
		wide: document.documentElement.scrollWidth,
		box: document.documentElement.clientWidth,
		said: document.documentElement.lang,
		headings: document.querySelectorAll('h1').length,
	}))
	assert.ok(wide <= box, `${page.url()} is ${wide} pixels wide in a window of ${box}`)
	assert.equal(said, lang, 'html lang')
	assert.equal(headings, 1, 'headings of the first level')
	if (lang !== 'vi') return // the other language has the same marks
	await page.evaluate(axe) // as a script of the page it would break the page's own policy
	const broken = await page.evaluate(async () => {
		const {violations} = await globalThis.axe.run(document, {resultTypes: ['violations']})
		const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		return serious.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join('; ')}`)
	})
	assert.deepEqual(broken, [], `${page.url()}: rules of accessibility`)
}

/** The control charts come, by another grouping and from another period too, and lead back to the line. */
async function controlled(page, lang, shot, deep) {
	await page.locator('.quality a[href$="/quality"]').click()
	const charts = page.locator('.scrap-control .chart svg')
	await charts.waitFor(wait)
	await page.locator('.measure-control .capability').first().waitFor(wait)
	await page.locator('.pareto .chart svg').waitFor(wait)
	await settled(page, lang)
	await shot('quality')
	if (deep) await frozen(page, shot)
	await page.locator('main nav a').first().click()
	await page.locator('.status.live').waitFor(wait)
}

/** Another grouping, and limits from another period. */
async function frozen(page, shot) {
	const [first, last] = await page.locator('input[type=date]').all()
	const recent = await first.inputValue()
	const answers = (part) =>
		Promise.all([false, true].map((measure) => page.waitForResponse((r) => r.url().includes(part) && r.url().includes('measure=') === measure, wait)))
	let answered = answers('by=day')
	await page.locator('button[data-by=day]').click()
	await answered

	// Limits from the four weeks before the investment: what came after is out of them.
	const begin = await first.getAttribute('min')
	const until = new Date(Date.parse(begin) + 27 * 86_400_000).toISOString().slice(0, 10)
	answered = answers(`freeze_to=${until}`)
	await first.fill(begin)
	await last.fill(until)
	await last.blur()
	const [scrap] = await answered
	const {baseline, points} = await scrap.json()
	assert.ok(baseline.points > 20, `limits until ${until} come from ${baseline.points} days`)
	assert.ok(points.slice(-20).some((p) => p.rules?.length > 0), 'no point after the investment is out of limits from before')
	await page.locator('.scrap-control .signals li').first().waitFor(wait)
	await shot('quality-frozen')
	await first.fill('')
	await first.blur()
	await page.locator('[role=alert].wrong').waitFor(wait)
	await page.locator('.dates button').click()
	assert.equal(await first.inputValue(), recent, 'the last four weeks again')
}

/** The terms of OEE multiply to the value shown, in the numbers and in what is written; Escape closes. */
async function explained(page, shot) {
	const dialog = page.getByRole('dialog')
	const result = dialog.locator('[data-kpi=oee] > p data.result')
	const figure = page.locator('.oee button')
	const end = Date.now() + wait.timeout
	for (let known = false; !known; ) {
		await figure.click()
		await result.waitFor(wait)
		known = (await result.getAttribute('value')) !== ''
		if (known) break
		assert.ok(Date.now() < end, 'OEE is still unknown')
		await page.keyboard.press('Escape')
		await page.waitForResponse((r) => r.url().includes('/kpi'), wait)
	}
	const terms = dialog.locator('[data-kpi=oee] > dl > div > dd > data.term')
	assert.equal(await terms.count(), 3, 'terms of OEE')
	const values = (await terms.evaluateAll((all) => all.map((e) => e.getAttribute('value')))).map(Number)
	const value = Number(await result.getAttribute('value'))
	const product = values.reduce((a, b) => a * b, 1)
	assert.ok(Math.abs(product - value) < 1e-6, `${values.join(' x ')} = ${product}, shown is ${value}`)
	assert.ok(Math.abs(percent(await result.innerText()) - value * 100) < 0.006, `${await result.innerText()} stands for ${value}`)
	await shot('explain')
	await page.keyboard.press('Escape')
	await dialog.waitFor({state: 'hidden'})
}

/** From a figure to its minutes, whose sum has the figure's own terms, to one minute's counters, to their readings. */
async function downToReadings(page, lang, shot, deep) {
	const explained = page.waitForResponse((r) => r.url().includes('explain=true'), wait)
	await page.locator('.output button').first().click()
	const dialog = page.getByRole('dialog')
	const row = await (await explained).json()
	const asked = page.waitForResponse((r) => r.url().includes('/minutes?'), wait)
	await dialog.locator('a.behind').click()
	const {minutes, sum} = await (await asked).json()
	await page.locator('.hour').first().waitFor(wait)
	const term = async (name) => Number(await page.locator(`data[data-term=${name}]`).getAttribute('value'))
	const figure = row.rows[0]
	assert.deepEqual([sum.from, sum.to], [figure.from, figure.to], 'the window of the figure')
	assert.ok(sum.produced_quantity >= figure.produced_quantity, 'its last minute may have grown meanwhile, nothing is gone')
	assert.equal(await term('produced_quantity'), sum.produced_quantity, 'units of the sum')
	assert.equal(await term('actual_production_time'), sum.actual_production_time_s, 'production time of the sum')
	assert.equal(minutes.reduce((n, m) => n + m.produced_quantity, 0), sum.produced_quantity, 'units minute by minute')
	await page.locator('.hour').first().click()
	await page.locator('.minute').first().click()
	await page.locator('.detail dl').waitFor(wait)
	await settled(page, lang)
	await shot('minutes')
	await page.locator('.detail a.readings').first().click()
	await page.locator('.readings[data-as=readings] .chart svg').waitFor(wait)
	const {from, to} = Object.fromEntries(new URL(page.url()).searchParams)
	assert.equal(Date.parse(to) - Date.parse(from), 180_000, 'a minute with one before and one after')
	await looked(page, lang, shot, deep)
	await page.locator('main nav a').first().click()
	await page.locator('.status.live').waitFor(wait)
}

/** Months of two signals at once. */
async function looked(page, lang, shot, deep) {
	await page.locator('.picker summary').click()
	await page.locator('.seek input').fill('press.pressure')
	await page.locator('.groups input').first().check()
	await page.locator('.readings[data-signal="press.pressure"] .chart svg').waitFor(wait)
	await page.locator('.picker summary').click()
	const next = () => page.waitForResponse((r) => /\/api\/.*\/readings\?signal=press\.pressure&/.test(r.url()), wait)
	const answer = next()
	await page.locator('.tools').first().locator('button').last().click()
	const months = await (await answer).json()
	assert.equal(months.as, 'buckets', 'months are summed up')
	await page.locator('.readings[data-signal="press.pressure"][data-as=buckets]').waitFor(wait)
	await settled(page, lang)
	await shot('readings')
	if (deep) await closer(page, months, next)
}

/** Closer by the wheel, as a file, and again from the address alone; next waits for an answer. */
async function closer(page, months, next) {
	const length = (a) => Date.parse(a.to) - Date.parse(a.from)
	let answer
	let seen = months
	await page.locator('.readings[data-signal="press.pressure"] .chart').first().hover()
	for (let turn = 0; turn < 5 && length(seen) > length(months) * 0.6; turn++) { // a slow computer asks before all turns have come
		answer = next()
		for (let notch = 0; notch < 8; notch++) await page.mouse.wheel(0, -300)
		seen = await (await answer).json()
	}
	assert.ok(length(seen) <= length(months) * 0.6, `the wheel leads from ${length(months)} to ${length(seen)} ms`)
	assert.ok(seen.width_s < months.width_s, `buckets of ${seen.width_s} s after the wheel, ${months.width_s} s before`)
	const file = page.waitForEvent('download')
	await page.locator('.tools').last().locator('button').last().click()
	assert.match(readFileSync(await (await file).path(), 'utf8'), /^signal,unit,from,to,.*\r\n[\w-]+\.[\w-]+,/, 'the file')
	answer = next()
	const kept = page.url()
	await page.reload()
	const again = await (await answer).json()
	assert.equal(page.url(), kept, 'the address stays')
	assert.equal(Date.parse(again.from), Date.parse(new URL(kept).searchParams.get('from')), 'the address keeps what is looked at')
	assert.ok(length(again) <= length(months) * 0.6, 'and that is what the wheel led to')
}

/** History, stops, the shift log and the wall board of the line, and back. */
async function furtherPages(page, lang, shot, deep) {
	const tab = (view) => page.locator(`main nav a[href$="/${view}"]`)
	await tab('history').click()
	await page.locator('main table tbody tr').first().waitFor(wait)
	await page.locator('main dl dd').first().waitFor(wait)
	await settled(page, lang)
	await shot('history')
	if (deep) {
		const file = page.waitForEvent('download')
		await page.locator('a[download]').first().click()
		assert.match((await file).suggestedFilename(), /\.xlsx$/, 'the spreadsheet')
	}

	await tab('stops').click()
	await page.locator('main .list').waitFor(wait)
	if (deep) await reasonGiven(page)
	await settled(page, lang)
	await shot('stops')

	await tab('log').click()
	await page.locator('form select option').nth(1).waitFor({state: 'attached', ...wait}) // the line's shifts
	await page.locator('main .list').waitFor(wait)
	await settled(page, lang)
	await shot('log')
	await tab('calendar').click()
	await calendarLookedAt(page, lang, shot)
	if (deep) await calendarTakenBack(page)
	await tab('studies').click()
	await studiesLookedAt(page, lang, shot, deep)

	await tab('board').click()
	await page.locator('.wall .figure').first().waitFor(wait)
	await page.locator('.wall .hours .chart svg').waitFor(wait)
	await settled(page, lang)
	await shot('board')
	await page.locator('.wall h1 a').click()
	await page.locator('.hours .chart svg').waitFor(wait)
}

/** Another calendar is looked at before it is saved, and left alone. */
async function calendarLookedAt(page, lang, shot) {
	await page.locator('main .week').waitFor(wait)
	await settled(page, lang)
	await shot('calendar')
	const change = page.locator('main section header button').first()
	await change.click()
	await page.locator('main .form input[type=text]').first().fill('A')
	await page.locator('main .form .fields:has(input[required]) button').click()
	await page.locator('main .preview li').first().waitFor(wait)
	await settled(page, lang)
	await shot('calendar-change')
	await change.click()
	await page.locator('main .form').waitFor({state: 'hidden', ...wait})
}

/** One of the demonstration's people changes the calendar, thinks better of it and takes the change back before it governs. */
async function calendarTakenBack(page) {
	const save = async () => {
		await page.locator('main .form .fields:has(input[required]) button').click()
		await page.locator('main .preview li').first().waitFor(wait)
		if (await page.locator('main .form input[type=password]').count()) await signIn(page)
		await page.locator('main .form > form:has(.wide) button').click()
		await page.locator('main .stack > [role=status]').waitFor(wait)
	}
	const queued = page.locator('main ol li:has(button)')
	await page.locator('main section header button').first().click()
	await page.locator('main .form input[type=text]').first().fill('B')
	await save()
	await queued.first().locator('button').click()
	await page.locator('main .form').waitFor(wait)
	assert.notEqual(await page.locator('main .form input[type=text]').first().inputValue(), 'B', 'the form begins with the calendar before')
	await save()
	await queued.waitFor({state: 'detached', ...wait})
	await page.evaluate(() => localStorage.removeItem('lineproof.session'))
}

async function signIn(page) {
	await page.locator('main input[autocomplete=username]').fill('Nguyễn Thị Lan')
	await page.locator('main input[type=password]').fill('123456')
	await page.locator('main form:has(input[type=password]) button[type=submit]').click()
	await page.locator('main .signed').waitFor(wait)
}

/** The demonstration's study is achieved, and says so first; another one is asked, and registered by somebody who signs. */
async function studiesLookedAt(page, lang, shot, deep) {
	const card = page.locator('main article').first()
	await card.waitFor(wait)
	await settled(page, lang)
	await shot('studies')
	await card.locator('h2 a').click()
	await page.locator('main .badge.achieved').first().waitFor(wait)
	await page.locator('main .chart svg').waitFor(wait)
	await settled(page, lang)
	await shot('study')
	await documentsTaken(page)
	await page.locator('main a[href$="/edit"]').click()
	await page.locator('main form fieldset').first().waitFor(wait)
	await page.locator('main .beside table tbody tr.planned').waitFor(wait) // how many shifts it takes
	await settled(page, lang)
	await shot('study-form')
	await page.locator('main header a').first().click()
	await page.locator('main .badge').first().waitFor(wait)
	if (deep) await studyAsked(page)
	await page.locator('main header p a').click()
	await page.locator('.hours .chart svg').waitFor(wait)
}

/** Each document that the study's page offers is what its name says. */
async function documentsTaken(page) {
	const links = await page.locator('main a[href*="/report."]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
	assert.equal(links.length, 4, 'documents of the study')
	for (const link of links) {
		const answer = await page.request.get(link, wait)
		const begins = (await answer.body()).subarray(0, 4).toString('latin1')
		assert.equal(begins, link.includes('.pdf') ? '%PDF' : 'PK\u0003\u0004', link)
	}
}

async function studyAsked(page) {
	const title = `Tỷ lệ đạt ${Date.now()}`
	await page.locator('main header a').first().click()
	await page.locator('main a[href^="/studies/new"]').click()
	const form = page.locator('main form').first()
	await form.locator('input[type=text]').nth(0).fill(title)
	await form.locator('.with input').first().fill('98,5')
	await page.locator('main .beside table tbody tr').first().waitFor(wait)
	if (await page.locator('main .sign form').count()) {
		await page.locator('main .sign input[type=text]').fill('Nguyễn Thị Lan')
		await page.locator('main .sign input[type=password]').fill('123456')
		await page.locator('main .sign button[type=submit]').click()
	}
	await page.locator('main .sign .choices .main:enabled').last().click()
	await page.getByRole('heading', {level: 1, name: title}).waitFor(wait)
	const {studies} = await (await page.request.get('/api/v1/studies')).json()
	const asked = studies.find((s) => s.title?.vi === title)
	assert.equal(asked?.status, 'registered', 'the study that was asked')
	assert.equal(asked.target.at_least, 0.985, 'its target')
	await studyWithdrawn(page, asked.study)
}

/** Its author takes the study back, with a reason that stands on its page. */
async function studyWithdrawn(page, study) {
	const why = 'Chưa đủ vốn đối ứng'
	await page.locator('main details.panel summary').click()
	await page.locator('main details.panel input').fill(why)
	await page.locator('main details.panel .inside > .button').click()
	await page.locator('main .withdrawn', {hasText: why}).waitFor(wait)
	const {withdrawn} = await (await page.request.get(`/api/v1/studies/${study}`)).json()
	assert.equal(withdrawn?.why, why, 'the reason')
	assert.equal(withdrawn.begun, false, 'withdrawn before its period')
}

/** A stop gets a reason by a few taps, where there is one. */
async function reasonGiven(page) {
	const open = page.locator('main .filter input')
	await open.check()
	const stop = page.locator('main .list li').last() // the first of the day: newer ones come meanwhile
	if ((await stop.count()) > 0) await giveReason(page, stop)
	await open.uncheck()
}

async function giveReason(page, stop) {
	const when = await stop.locator('.when strong').innerText()
	const machine = await stop.locator('.what .small').innerText()
	await stop.locator('button').click()
	const form = page.locator('main form')
	await form.locator('select').selectOption({index: 1})
	await form.locator('input').last().fill('Lan')
	await form.locator('button').click()
	await form.waitFor({state: 'hidden', ...wait})
	await page.locator('main .list li', {hasText: when}).filter({hasText: machine}).waitFor({state: 'hidden', ...wait})
}

// percent is the number in 81,42 % or 81.42%.
const percent = (text) => Number(text.replace(/[^\d,.]/g, '').replace(',', '.'))

async function otherLanguage(page, lang) {
	const before = await page.locator('.hours h2').innerText()
	await page.locator(`header button[lang=${other(lang)}]`).click()
	await page.waitForFunction((lang) => document.documentElement.lang === lang, other(lang))
	assert.notEqual(await page.locator('.hours h2').innerText(), before, 'words after the language was changed')
	await settled(page, other(lang))
}

/** A lost network is said with the age of the data, and mends itself. */
export async function loseConnection(line, page, context) {
	await page.goto('/')
	await page.locator('article h2 a').first().click()
	await page.locator('.status.live').waitFor(wait)
	await line.pull(context)
	await page.locator('[role=alert].stale').waitFor(wait)
	assert.match(await page.locator('[role=alert].stale').innerText(), /\d+:\d+:\d+/, 'the age of the data')
	await line.plug(context)
	await page.locator('[role=alert].stale').waitFor({state: 'hidden', ...wait})
	await page.locator('.status.live').waitFor(wait)
	await wakeWithoutNetwork(line, page, context)
}

/** A wall board that wakes before its network comes up, shows no figures that it does not know, and says why. */
async function wakeWithoutNetwork(line, page, context) {
	await page.locator('main nav a[href$="/board"]').click()
	await page.locator('.wall .figure').first().waitFor(wait)
	await kept(page, ['/BoardPage-'])
	await line.pull(context)
	await page.reload()
	await page.locator('.wall [role=alert].stale').waitFor(wait)
	assert.equal(await page.locator('.wall .figure').count(), 0, 'figures without a network')
	await line.plug(context)
	await page.locator('.wall .figure').first().waitFor(wait)
}

/** Waits until the device keeps this version of the app alone, with some of its files. */
export async function kept(page, files) {
	const script = await page.locator('script[type=module]').getAttribute('src')
	await page.waitForFunction(
		async ([name, files]) => {
			const [only, ...others] = await caches.keys()
			if (only !== name || others.length > 0) return false
			const all = await (await caches.open(name)).keys()
			return files.every((file) => all.some(({url}) => url.includes(file)))
		},
		[`lineproof-app ${script}`, files],
		wait,
	)
}
