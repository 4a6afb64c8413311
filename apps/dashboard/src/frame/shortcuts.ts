import { href } from '../route.ts'

/** Two keys as in mail programs: `g`, then the letter of the view. Ignored in form fields. */
export const goKeys = {
  h: 'home',
  a: 'alerts',
  d: 'devices',
  r: 'rules',
  n: 'notifications',
  w: 'wire',
  s: 'settings',
} as const
let isGoing = false

window.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable], dialog') !== null
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  const view = isGoing && Object.hasOwn(goKeys, event.key) ? goKeys[event.key as keyof typeof goKeys] : undefined
  isGoing = event.key === 'g'
  if (view !== undefined) location.hash = href(view)
})
