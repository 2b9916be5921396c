import {expect, test} from 'vitest'
import {lineHref, routeOf} from './route'

const cases: [path: string, want: unknown][] = [
	['/', {page: 'start'}],
	['/gateways', {page: 'gateways'}],
	['/gateways/', {page: 'gateways'}],
	['/verify', {page: 'verify'}],
	['/studies', {page: 'studies'}],
	['/studies/new', {page: 'study-form'}],
	['/studies/block-quality', {page: 'study', study: 'block-quality'}],
	['/studies/block-quality/edit', {page: 'study-form', study: 'block-quality'}],
	['/studies/block-quality/x', {page: 'unknown'}],
	['/lines/block-line/studies', {page: 'line', line: 'block-line', view: 'studies'}],
	['/verify/x', {page: 'unknown'}],
	['/lines/block-line', {page: 'line', line: 'block-line', view: 'now'}],
	['/lines/b%C3%A1nh%2F1', {page: 'line', line: 'bánh/1', view: 'now'}],
	['/lines/block-line/stops', {page: 'line', line: 'block-line', view: 'stops'}],
	['/lines/block-line/board/', {page: 'line', line: 'block-line', view: 'board'}],
	['/lines/block-line/now', {page: 'unknown'}],
	['/lines/block-line/stops/x', {page: 'unknown'}],
	['/lines/block-line/quality', {page: 'line', line: 'block-line', view: 'quality'}],
	['/lines/block-line/readings', {page: 'line', line: 'block-line', view: 'readings'}],
	['/lines/block-line/minutes', {page: 'line', line: 'block-line', view: 'minutes'}],
	['/lines/block-line/log', {page: 'line', line: 'block-line', view: 'log'}],
	['/lines/block-line/calendar', {page: 'line', line: 'block-line', view: 'calendar'}],
	['/lines/%E0/quality', {page: 'unknown'}],
	['/lines/%E0', {page: 'unknown'}],
	['/lines', {page: 'unknown'}],
	['/lines/a/b', {page: 'unknown'}],
	['/nothing', {page: 'unknown'}],
]
test.each(cases)('%s', (path, want) => expect(routeOf(path)).toEqual(want))

test('a line leads back to itself', () => {
	expect(routeOf(lineHref('bánh/1'))).toEqual({page: 'line', line: 'bánh/1', view: 'now'})
	expect(routeOf(lineHref('bánh/1', 'history'))).toEqual({page: 'line', line: 'bánh/1', view: 'history'})
})
