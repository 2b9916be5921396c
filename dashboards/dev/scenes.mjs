// What can go wrong, for those who design how it is said. A scene changes the collector, the first gateway and the
// line's row.
const ago = (s) => new Date(Date.now() - s * 1000).toISOString()
const well = {ledger_batches: 48_321, view_batches: 48_321, isolated: [], refused: []}

const sent = (channel) => ({channel, kind: 'raised', state: 'sent', at: ago(900)})
const line = {line: 'block-line', line_names: [{vi: 'Dây chuyền gạch bê tông', en: 'Concrete block line'}], site: 'tan-thinh-phat'}
const abouts = {
	stopped: {...line, machine: 'press', machine_name: {vi: 'Máy ép rung', en: 'Block press'}},
	silent: {gateway: 'bac-giang-07'},
	quality: {...line, ratio: 0.9312, limit: 0.97, produced: 4310, window_s: 3600},
	certificate: {file: '/etc/lineproof/broker.pem', holder: 'broker.example', ends: ago(-25 * 86_400)},
}

function alert(id, rule, since, until, messages) {
	const about = {timezone: 'Asia/Ho_Chi_Minh', ...abouts[rule]}
	return {id, rule, since: ago(since), raised: ago(since - 600), until: until && ago(until), lasted_s: since - (until ?? 0), about, messages}
}

const scenes = {
	well: {},
	views: {
		collector: {
			ledger_batches: 30_769,
			view_batches: 18_769,
			view_error: 'write series: Post "http://127.0.0.1:8181/api/v3/write_lp?db=lineproof&precision=millisecond": dial tcp 127.0.0.1:8181: connect: connection refused',
		},
		gateway: {health: 'late', in_ledger: 48_210, stored: 36_210, stored_at: ago(60_000)},
	},
	catching_up: {
		collector: {
			ledger_batches: 30_769,
			view_batches: 28_011,
			isolated: Array.from({length: 7}, (_, i) => ({
				time: ago(4000 + 60 * i),
				point: `readings,gateway=huu-lung-01,device=meter,signal=power ${1774652400000 + i}`,
				reason: "partial write: invalid column type for column 'value', expected iox::column_type::field::float, got iox::column_type::field::string",
			})),
			refused: [{time: ago(500), kind: 'misnamed', reason: 'batch 3 of lang-giang-02, under the name of lang-giang-2: not the name it was sealed under', times: 12}],
		},
		gateway: {health: 'late', in_ledger: 48_210, stored: 45_452, stored_at: ago(13_800)},
	},
	ledger: {
		collector: {ledger_error: 'append to ledger: write /var/lib/lineproof/ledger/tile/entries/x012/345.p/67: no space left on device'},
		gateway: {health: 'late', sealed: 49_102, stored_at: ago(4460), received_at: ago(4459)},
	},
	fork: {
		collector: {isolated: [{time: ago(7300), point: 'batch 112 of bac-giang-07, index 911 of the ledger', reason: 'time goes back by 2h0m0s'}]},
		gateway: {
			health: 'late',
			stored_at: ago(1300),
			received_at: ago(1299),
			clock: 'collector',
			clock_error_s: 0.21,
			clock_ahead_s: 312,
			undated: 240,
			missing: {first: 48_198, last: 48_205, since: ago(1260)},
			in_ledger: 48_197,
			stored: 48_197,
			refused: [
				{time: ago(40), kind: 'forked', reason: 'batch 48197 of huu-lung-01, of which another one is known: does not follow from the gateway\'s last batch', times: 4},
				{time: ago(400), kind: 'forged', reason: 'batch 48001 of huu-lung-01: signature does not match', times: 1},
				{time: ago(4000), kind: 'retired', reason: 'batch 47001 of huu-lung-01, key 5f1c09ab77e2d410: sealed by a key that another one has taken over from', times: 2},
				{time: ago(40_000), kind: 'misnamed', reason: 'batch 12 of bac-giang-07, under the name of huu-lung-01: not the name it was sealed under', times: 1},
				{time: ago(400_000), kind: 'malformed', reason: 'unexpected end of batch at byte 81', times: 1},
			],
		},
	},
	alerts: {
		alerts: {
			alerts: [
				alert(9, 'stopped', 1500, null, [sent('manager'), {...sent('phone'), state: 'waiting', error: '403 Forbidden'}]),
				alert(8, 'silent', 7300, null, [sent('manager')]),
				alert(7, 'quality', 90_000, 86_000, [sent('manager'), {...sent('manager'), kind: 'over'}]),
				alert(6, 'certificate', 400_000, 300_000, []),
			],
			channels: [
				{name: 'manager', kind: 'email', failing: null},
				{name: 'phone', kind: 'shoutrrr', failing: ago(1400), error: '403 Forbidden'},
			],
		},
	},
	uncertain: {
		gateway: {clock: 'between', clock_error_s: 1820, clock_ahead_s: -75},
		row: {uncertain_time_s: 2940, time_error_s: 1820, flags: ['time_uncertain']},
	},
}

/** A scene by its name, completed by what goes well in it. */
export function scene(name = 'well') {
	if (!Object.hasOwn(scenes, name)) throw new Error(`no scene ${name}; there are ${Object.keys(scenes).join(', ')}`)
	const {collector, gateway = {}, row = {}, alerts = {alerts: [], channels: []}} = scenes[name]
	return {collector: {...well, ...collector}, gateway, row, alerts}
}
