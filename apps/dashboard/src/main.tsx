import './style/tokens.css'
import './style/page.css'
import './style/parts.css'
import './style/lists.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { start } from './monitor/session.ts'
import './words/theme.ts'

const root = document.getElementById('app')
if (root) render(<App />, root)
void start()

// Where the page is not on this machine and without HTTPS, browsers have no worker.
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('./worker.js').catch(() => {})
