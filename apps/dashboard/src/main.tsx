import './style/tokens.css'
import './style/page.css'
import './style/parts.css'
import './style/lists.css'
import './style/modes.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { start } from './monitor/session.ts'
import './words/theme.ts'

const root = document.getElementById('app')
if (root) render(<App />, root)
void start()

// Without HTTPS, browsers have service workers on localhost only.
if ('serviceWorker' in navigator) {
  void navigator.serviceWorker.register('./worker.js').catch(() => {})
  // A notification was clicked.
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data?.view === 'string') location.hash = data.view
  })
}
