// Light or dark: as the device says, unless the reader chose.
import {recall, remember} from './storage'

export type Theme = 'auto' | 'light' | 'dark'
export const themes: readonly Theme[] = ['auto', 'light', 'dark']

const slot = 'lineproof.theme'

class ThemeChoice {
	now = $state<Theme>(recall(slot, themes) ?? 'auto')
	#device = $state(false)
	/** Whether the page is dark at this moment, whoever decided it. */
	dark = $derived(this.now === 'auto' ? this.#device : this.now === 'dark')

	constructor() {
		const query = matchMedia('(prefers-color-scheme: dark)')
		this.#device = query.matches
		query.addEventListener('change', () => (this.#device = query.matches))
	}

	choose(theme: Theme) {
		this.now = theme
		remember(slot, theme)
	}
}

export const theme = new ThemeChoice()
