import {describe, expect, test} from 'vitest'
import {isOpen, titleOf, toldOf} from './alerts'
import type {Alert} from './api'

const alert = (changes: Partial<Alert> = {}): Alert => ({
	id: 1,
	rule: 'stopped',
	since: '2026-03-02T00:00:00Z',
	raised: '2026-03-02T00:10:00Z',
	until: null,
	lasted_s: 600,
	about: {
		timezone: 'Asia/Ho_Chi_Minh',
		line: 'block-line',
		line_names: [{vi: 'Dây chuyền gạch', en: 'Block line'}],
		machine: 'press',
		machine_name: {vi: 'Máy ép'},
		gateway: 'huu-lung-01',
		file: '/etc/lineproof/broker.pem',
		holder: 'broker.example',
		ends: '2026-03-30T18:00:00Z',
		witness: 'department',
		ratio: 0.9449,
		limit: 0.97,
	},
	messages: [],
	...changes,
})

// What stands between a number and its unit is a space that does not break.
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('titles', () => {
	const cases: [rule: Alert['rule'], vi: string, en: string][] = [
		['stopped', 'Dây chuyền gạch dừng', 'Block line stopped'],
		['quality', 'Dây chuyền gạch: tỷ lệ đạt 94,4 %, dưới mức 97,0 %', 'Block line: 94.4% good, below 97.0%'],
		['silent', 'Mất tín hiệu của bộ thu thập huu-lung-01', 'Gateway huu-lung-01 is silent'],
		['energy', 'Dây chuyền gạch: không có số đo điện của Máy ép', 'Block line: the energy meter of Máy ép is not read'],
		['witness', 'Nhân chứng department không ký sổ gốc', 'Witness department does not cosign the ledger'],
		['certificate', 'Chứng chỉ broker.example có hạn đến Thứ Ba, 31/03/2026', 'The certificate of broker.example ends Tuesday, 31/03/2026'],
	]
	test('a witness that refuses', () => {
		const a = alert({rule: 'witness'})
		expect(titleOf({...a, about: {...a.about, refuses: true}}, 'vi')).toBe('Nhân chứng department từ chối sổ gốc')
	})
	test.each(cases)('%s', (rule, vi, en) => {
		expect(plain(titleOf(alert({rule}), 'vi'))).toBe(vi)
		expect(plain(titleOf(alert({rule}), 'en'))).toBe(en)
	})
})

test('open until it is over', () => {
	expect(isOpen(alert())).toBe(true)
	expect(isOpen(alert({until: '2026-03-02T01:00:00Z'}))).toBe(false)
})

test('who was told: of what is over, that it is', () => {
	const at = '2026-03-02T00:10:00Z'
	const messages: Alert['messages'] = [
		{channel: 'manager', kind: 'raised', state: 'sent', at},
		{channel: 'phone', kind: 'raised', state: 'waiting', at},
		{channel: 'night', kind: 'raised', state: 'dropped', at},
		{channel: 'manager', kind: 'over', state: 'failed', at},
	]
	expect(toldOf(alert({messages}))).toEqual({sent: ['manager'], not: ['phone']})
	expect(toldOf(alert({messages, until: at}))).toEqual({sent: [], not: ['manager']})
})
