// What an entry of a line's shift log can be of, kept on this device so that it can be typed without a network.
import {addDays, dayOf, stretchOf} from './days'
import {getSheet, type Sheet} from './logapi'
import {recallText, remember} from './storage'

const slot = (line: string) => `lineproof.sheet.${line}`
/** Days before and after today whose shifts are known without a network. */
const reach = {before: 60, after: 30}

export function keptSheet(line: string): Sheet | undefined {
	try {
		return JSON.parse(recallText(slot(line))) as Sheet
	} catch {
		return undefined // none was kept
	}
}

/** The sheet as the collector has it now; it is kept. */
export async function freshSheet(line: string, signal?: AbortSignal): Promise<Sheet> {
	const today = dayOf(Date.now(), 'UTC')
	const sheet = await getSheet(line, stretchOf(addDays(today, -reach.before), addDays(today, reach.after), 'UTC'), signal)
	remember(slot(line), JSON.stringify(sheet))
	return sheet
}
