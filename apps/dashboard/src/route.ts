import { hour } from '@hearthwatch/protocol/durations'
import { computed, signal } from '@preact/signals'

const hash = signal(location.hash)
/** Last scroll position of home, px. */
export const homeScroll = { value: 0 }

addEventListener('hashchange', () => {
  clearTimeout(writing)
  if (route.value.view === 'home') homeScroll.value = scrollY
  hash.value = location.hash
})

export interface Route {
  /** `home`, `room`, `alerts` … */
  view: string
  /** The parts after the view: `#/room/kitchen` has `kitchen`. */
  rest: readonly string[]
  /** `#/room/kitchen?span=week` */
  query: URLSearchParams
}

/** The current view and its parameters. */
export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?')
  const [view = '', ...rest] = path.split('/').map(decode)
  return { view: view === '' ? 'home' : view, rest, query: new URLSearchParams(query) }
})

/** The address of a view. Names are encoded. */
export function href(view: string, ...rest: string[]): string {
  return `#/${[view === 'home' ? '' : view, ...rest].map(encodeURIComponent).join('/')}`
}

/** The address of a room's charts around something that took place; times in ms. */
export function hrefAt(room: string, from: number, to: number): string {
  const edge = Math.max(hour / 2, to - from)
  return `${href('room', room)}?when=${Math.round(from - edge)}-${Math.round(to + edge)}`
}

/** ms between two changes of the browser's address: Safari and Chromium refuse more than some three a second. */
const rhythm = 350
let lastWrite = Number.NEGATIVE_INFINITY
let writing: ReturnType<typeof setTimeout> | undefined

/**
 * Changes the query of the address without leaving the view; `undefined` removes a value. The other values stay.
 * @param isStep true: the browser's Back returns to the address before
 */
export function setQuery(changes: Record<string, string | undefined>, isStep = false): void {
  const query = new URLSearchParams(route.peek().query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name)
    else query.set(name, value)
  }
  const path = hash.peek().split('?')[0] || '#/'
  const next = query.size === 0 ? path : `${path}?${query}`
  if (next === hash.peek()) return
  clearTimeout(writing)
  const write = () => {
    lastWrite = performance.now()
    if (isStep) history.pushState(null, '', next)
    else history.replaceState(null, '', next)
  }
  // A gesture changes the address with every move.
  const wait = isStep ? 0 : lastWrite + rhythm - performance.now()
  if (wait <= 0) write()
  else writing = setTimeout(write, wait)
  hash.value = next
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
