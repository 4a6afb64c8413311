import { computed, signal } from '@preact/signals'

const hash = signal(location.hash)
/** Last scroll position of home, px. */
export const homeScroll = { value: 0 }

addEventListener('hashchange', () => {
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

/** Changes the query of the address without leaving the view. */
export function setQuery(query: Record<string, string | undefined>): void {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const path = location.hash.split('?')[0] || '#/'
  const next = given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
  history.replaceState(null, '', next)
  hash.value = next
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
