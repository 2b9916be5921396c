// Colours and sizes of the charts: those of the page, so that a theme is defined once, in CSS.

export interface Palette {
	ink: string
	quiet: string
	rule: string
	surface: string
	good: string
	scrap: string
	target: string
	plan: string
	fault: string
	font: string
	/** Pixels of one rem. */
	rem: number
}

/** The palette of the page as it is now. */
export function paletteOf(element: Element): Palette {
	const style = getComputedStyle(element)
	const color = (name: string) => style.getPropertyValue(`--${name}`).trim()
	return {
		ink: color('ink'),
		quiet: color('ink-2'),
		rule: color('rule'),
		surface: color('surface'),
		good: color('series'),
		scrap: color('series-scrap'),
		target: color('target'),
		plan: color('ink'),
		fault: color('fault'),
		font: style.fontFamily,
		rem: parseFloat(getComputedStyle(document.documentElement).fontSize),
	}
}
