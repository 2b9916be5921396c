// What all charts share: type, grid and the look of a tooltip.
import type {Option} from './echarts'
import type {Palette} from './palette'

type Base = Pick<Option, 'animation' | 'textStyle' | 'grid' | 'tooltip'>

export function base(p: Palette): Base {
	return {
		animation: false, // live data: a chart that dances at every answer cannot be read
		textStyle: {fontFamily: p.font, fontSize: text(p), color: p.ink},
		grid: {left: 8, right: 0.75 * p.rem, top: 1.25 * p.rem, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel'},
		tooltip: {
			trigger: 'axis',
			confine: true,
			transitionDuration: 0,
			backgroundColor: p.surface,
			borderColor: p.rule,
			padding: [0.5 * p.rem, 0.75 * p.rem],
			textStyle: {color: p.ink, fontSize: text(p), fontFamily: p.font},
			axisPointer: {type: 'line', lineStyle: {color: p.quiet, type: 'solid', width: 1}},
		},
	}
}

/** Pixels of a chart's letters. */
export const text = (p: Palette) => 0.8125 * p.rem

/** A tooltip's lines: a heading and pairs of name and value, each escaped. */
export function tip(heading: string, pairs: readonly (readonly [string, string])[]): string {
	const rows = pairs.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`)
	return `<div class="tip"><strong>${escape(heading)}</strong><table>${rows.join('')}</table></div>`
}

const escape = (s: string) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
