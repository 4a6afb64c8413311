import { href } from '../route.ts'

/** Two keys, as in mail programs: `g`, then the view. Never while somebody types. */
const views: Record<string, string> = {
  h: 'home',
  a: 'alerts',
  d: 'devices',
  r: 'rules',
  n: 'notifications',
  w: 'wire',
  s: 'settings',
}
let isGoing = false

window.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable], dialog') !== null
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  const view = isGoing ? views[event.key] : undefined
  isGoing = event.key === 'g'
  if (view !== undefined) location.hash = href(view)
})
