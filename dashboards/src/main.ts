import {mount} from 'svelte'
import './styles/tokens.css'
import './styles/base.css'
import App from './App.svelte'
import {language} from './lib/language.svelte'

// So that the page comes up without the network; a browser lets that be only where nobody can tamper on the way.
if ('serviceWorker' in navigator && import.meta.env.PROD) void navigator.serviceWorker.register('/sw.js').catch(() => undefined)

await language.recall()
mount(App, {target: document.getElementById('app')!})
