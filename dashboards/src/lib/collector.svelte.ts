// How the collector is, for the frame of every page and for the page of the gateways: asked for once for both.
import {getCollector} from './api'
import {Feed} from './feed.svelte'

export const collector = new Feed(getCollector, 10_000)
