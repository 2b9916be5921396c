// What is out of order, for the header of every page and for the start page: asked for once for both.
import {getAlerts} from './api'
import {Feed} from './feed.svelte'

export const alerts = new Feed(getAlerts, 15_000)
