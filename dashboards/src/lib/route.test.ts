import {expect, test} from 'vitest'
import {lineHref, qualityHref, routeOf} from './route'

const cases: [path: string, want: unknown][] = [
	['/', {page: 'start'}],
	['/gateways', {page: 'gateways'}],
	['/gateways/', {page: 'gateways'}],
	['/lines/block-line', {page: 'line', line: 'block-line'}],
	['/lines/b%C3%A1nh%2F1', {page: 'line', line: 'bánh/1'}],
	['/lines/block-line/quality', {page: 'quality', line: 'block-line'}],
	['/lines/%E0/quality', {page: 'unknown'}],
	['/lines/block-line/quality/a', {page: 'unknown'}],
	['/lines/%E0', {page: 'unknown'}],
	['/lines', {page: 'unknown'}],
	['/lines/a/b', {page: 'unknown'}],
	['/nothing', {page: 'unknown'}],
]
test.each(cases)('%s', (path, want) => expect(routeOf(path)).toEqual(want))

test('a line leads back to itself', () => {
	expect(routeOf(lineHref('bánh/1'))).toEqual({page: 'line', line: 'bánh/1'})
	expect(routeOf(qualityHref('bánh/1'))).toEqual({page: 'quality', line: 'bánh/1'})
})
