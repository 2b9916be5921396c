import {mount} from 'svelte'
import './styles/tokens.css'
import './styles/base.css'
import App from './App.svelte'
import {language} from './lib/language.svelte'
import {keepApp} from './lib/offline'

keepApp()

// Not awaited at the top, for then the pages could share nothing with the file that all of them need.
void language.recall().then(() => mount(App, {target: document.getElementById('app')!}))
