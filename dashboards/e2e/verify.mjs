// An evidence bundle of the line's last hour, checked in the browser: whole, with a byte changed, cut off. The browser says
// of each what the program says, sends nothing, and the thread that has the file could not.
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {settled} from './walk.mjs'

const wait = {timeout: 120_000}
const program = process.env.LINEPROOF ?? fileURLToPath(new URL('../../bin/lineproof', import.meta.url))
const hours = 1

/** Checks bundles of a line in a page's language; shot(name) is called on the reports. */
export async function verifyBundles(page, lang, line, shot) {
	const dir = mkdtempSync(join(tmpdir(), 'lineproof-bundles-'))
	try {
		const files = await bundles(page, line, dir)
		await page.goto(`/lines/${line}/history`)
		const link = page.locator('a[href="/verify"]')
		await link.waitFor(wait)
		await link.click()
		await page.locator('main h1').waitFor(wait)
		await settled(page, lang)
		const sent = []
		page.on('request', (r) => (r.method() !== 'GET' || r.postData() !== null) && sent.push(r.url()))

		await drop(page, files.whole)
		const whole = await agreed(page, lang, files.whole, [])
		assert.equal(whole.ok, true, `the whole bundle: ${JSON.stringify(whole)}`)
		await settled(page, lang)
		await shot('verify')
		for (const [name, key] of [['changed', 'verify.file_changed'], ['cut', 'verify.file_unreadable']]) {
			await choose(page, files[name])
			const {ok, checks} = await agreed(page, lang, files[name], [])
			assert.equal(ok, false, `${name}: the verdict`)
			assert.ok(checks[0].found.some((f) => f.key === key), `${name}: ${JSON.stringify(checks[0])}`)
		}
		await shot('verify-fails')
		await withKeys(page, lang, files.whole, whole.bundle.ledger_key)
		assert.deepEqual(sent, [], 'requests that could carry a bundle')
		await cannotConnect(page)
		await namedByADocument(page, files.whole)
	} finally {
		rmSync(dir, {recursive: true})
	}
}

/** A bundle as the collector makes it, one with a byte of a sealed batch changed, and one that was cut off. */
async function bundles(page, line, dir) {
	const now = Date.now()
	const query = new URLSearchParams({from: new Date(now - hours * 3_600_000).toISOString(), to: new Date(now).toISOString()})
	const answer = await page.request.get(`/api/v1/lines/${line}/bundle?${query}`, wait)
	assert.ok(answer.ok(), `the bundle: ${answer.status()}`)
	const whole = await answer.body()
	const changed = Buffer.from(whole)
	changed[changed.indexOf('batches.bin') + 1_000] ^= 1 // the entry's name stands before its content
	const files = {}
	for (const [name, content] of Object.entries({whole, changed, cut: whole.subarray(0, -1_000)})) {
		files[name] = join(dir, `${name}.zip`)
		writeFileSync(files[name], content)
	}
	return files
}

async function drop(page, file) {
	const dataTransfer = await page.evaluateHandle((text) => {
		const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
		const dropped = new DataTransfer()
		dropped.items.add(new File([bytes], 'whole.zip', {type: 'application/zip'}))
		return dropped
	}, readFileSync(file).toString('base64'))
	await page.dispatchEvent('.drop', 'drop', {dataTransfer})
}

async function choose(page, file) {
	await page.locator('.drop input[type=file]').setInputFiles(file)
}

/** The code on a document leads to the page with the digest of its bundle. */
async function namedByADocument(page, file) {
	const digest = createHash('sha256').update(readFileSync(file)).digest('hex')
	for (const [named, said] of [['0'.repeat(64), '.wrong'], [digest, '.good']]) {
		await page.goto(`/verify?${named.slice(0, 8)}#sha256=${named}`) // another address, so that the page begins anew
		await choose(page, file)
		await page.locator(`main .panel[role=status] ${said}`).waitFor(wait)
	}
}

/** Waits for the browser's report, and holds it against the program's: the same bytes. */
async function agreed(page, lang, file, keys) {
	const link = page.locator(`.verdict[data-file="${basename(file)}"] a[download]`)
	await link.waitFor(wait)
	const saved = page.waitForEvent('download')
	await link.click()
	const here = readFileSync(await (await saved).path(), 'utf8')
	const there = await new Promise((resolve) => execFile(program, ['verify', file, '--json', '--lang', lang, ...keys], {maxBuffer: 1 << 26}, (_, out) => resolve(out)))
	assert.equal(here, there, `${file}: the browser's report and the program's`)
	const report = JSON.parse(here)
	assert.equal(await page.locator('.verdict').getAttribute('data-ok'), String(report.ok))
	assert.deepEqual(
		await page.locator('.checks li[data-check]').evaluateAll((all) => all.map((e) => [e.dataset.check, e.dataset.state])),
		report.checks.map((c) => [c.check, c.state]),
		'the checks on the page',
	)
	return report
}

/** Without the ledger's key the page says what that means; one that is none is named; with it nothing is left to say. */
async function withKeys(page, lang, file, key) {
	const field = page.locator('input[name=ledger]')
	await field.fill('me')
	await choose(page, file)
	const wrong = page.locator('.drop .wrong')
	await wrong.waitFor(wait)
	assert.match(await wrong.innerText(), /“me”/, 'the key that is none')
	assert.equal(await page.locator('.verdict').count(), 0, 'a verdict with a key that is none')
	await field.fill(key)
	await page.locator('.drop button').click()
	const {ok, checks} = await agreed(page, lang, file, ['--ledger', key])
	assert.equal(ok, true, 'with the ledger\'s key')
	assert.ok(!checks.some((c) => c.notes.some((n) => n.key === 'verify.ledger_untrusted')), 'the key is the reader\'s')
	assert.equal(await page.locator('.verdict .caveat').count(), 1, 'what is left open: witnesses')
}

/** A thread of the same script is refused every connection by the browser. */
async function cannotConnect(page) {
	const begun = page.waitForEvent('worker', wait)
	await page.evaluate(() => {
		const script = performance.getEntriesByType('resource').find((r) => r.name.includes('/verifier.worker-'))
		globalThis.thread = new Worker(script.name, {type: 'module'})
	})
	const thread = await begun
	const got = await thread.evaluate(() => fetch('/api/v1/lines').then(() => 'an answer', (cause) => cause.name))
	assert.equal(got, 'TypeError', 'what the verifier gets when it asks the server')
	await page.evaluate(() => globalThis.thread.terminate())
}
