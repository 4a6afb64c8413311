import { type RoomOrder, searchable } from '@hearthwatch/api/room-order'
import type { RoomList } from './room-list.ts'
import type { RoomViews } from './room-view.ts'

export interface RoomQuery {
  /** Most rooms of a page. */
  limit: number
  /** The `next` of the page before. */
  after?: string | undefined
  /** Part of a name. */
  search?: string | undefined
  group?: string | undefined
  order?: RoomOrder | undefined
}

export interface RoomPage {
  names: readonly string[]
  /** The cursor of the next page; null: there is none. */
  next: string | null
  /** Number of rooms that were found, on all pages. */
  found: number
}

/** A cursor that no page has had. */
export class WrongCursor extends Error {}

/**
 * The names of one page. A cursor is a place in the order, not a number of rooms. So no room is missing or twice if others come
 * or go between two pages. By trouble a room that changes meanwhile may be.
 * @throws WrongCursor
 */
export function pageOf(list: RoomList, troubles: RoomViews['troubles'], query: RoomQuery): RoomPage {
  const { limit, after, order = 'own' } = query
  const found = filtered(list, order === 'home' ? list.home() : list.own(), query)
  if (order === 'trouble') return byTrouble(list, troubles(), found, limit, after)
  const compare = order === 'home' ? list.compareHome : list.compareOwn
  const start = after === undefined ? 0 : firstOf(found, (room) => compare(room, after) > 0)
  return cut(found, start, limit, (room) => room)
}

function filtered(list: RoomList, names: readonly string[], { search = '', group }: RoomQuery): readonly string[] {
  const wanted = searchable(search.trim())
  const found = wanted === '' ? names : names.filter((room) => list.searchedName(room).includes(wanted))
  return group === undefined ? found : found.filter((room) => list.labelOf(room)?.group === group)
}

/** A cursor has the trouble of its room at that time, and the room: `2/kitchen`. No room has a slash in its name. */
function byTrouble(list: RoomList, troubles: Map<string, number>, found: readonly string[], limit: number, after?: string): RoomPage {
  const troubleIn = (room: string) => troubles.get(room) ?? 0
  // The sort is stable, so equal rooms keep their own order.
  const sorted = found.toSorted((a, b) => troubleIn(b) - troubleIn(a))
  let start = 0
  if (after !== undefined) {
    const [, trouble, last] = /^(\d)\/([^/]+)$/.exec(after) ?? []
    if (trouble === undefined || last === undefined) throw new WrongCursor()
    start = firstOf(sorted, (room) => (Number(trouble) - troubleIn(room) || list.compareOwn(room, last)) > 0)
  }
  return cut(sorted, start, limit, (room) => `${troubleIn(room)}/${room}`)
}

function cut(found: readonly string[], start: number, limit: number, cursorOf: (room: string) => string): RoomPage {
  const names = found.slice(start, start + limit)
  const last = names.at(-1)
  return { names, next: last !== undefined && start + limit < found.length ? cursorOf(last) : null, found: found.length }
}

/** The place of the first name behind the cursor, in an order in which all before it are not. */
function firstOf(names: readonly string[], isBehind: (name: string) => boolean): number {
  let [low, high] = [0, names.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBehind(names[middle] as string)) high = middle
    else low = middle + 1
  }
  return low
}
