import { type RoomOrder, searchable } from '@hearthwatch/api/room-order'
import { cutPage, type Page } from './page.ts'
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

/** A cursor that no page has had. */
export class WrongCursor extends Error {}

/**
 * The names of one page. By trouble a room that changes between two pages may be missing or twice.
 * @throws WrongCursor
 */
export function pageOf(list: RoomList, troubles: RoomViews['troubles'], query: RoomQuery): Page {
  const { limit, after, order = 'own' } = query
  const found = filtered(list, order === 'home' ? list.home() : list.own(), query)
  if (order === 'trouble') return byTrouble(list, troubles(), found, limit, after)
  const compare = order === 'home' ? list.compareHome : list.compareOwn
  return cutPage(found, limit, after !== undefined && ((room) => compare(room, after) > 0))
}

function filtered(list: RoomList, names: readonly string[], { search = '', group }: RoomQuery): readonly string[] {
  const wanted = searchable(search.trim())
  const found = wanted === '' ? names : names.filter((room) => list.searchedName(room).includes(wanted))
  return group === undefined ? found : found.filter((room) => list.labelOf(room)?.group === group)
}

/** A cursor has the trouble of its room at that time, and the room: `2/kitchen`. No room has a slash in its name. */
function byTrouble(list: RoomList, troubles: Map<string, number>, found: readonly string[], limit: number, after?: string): Page {
  const troubleIn = (room: string) => troubles.get(room) ?? 0
  // The sort is stable, so equal rooms keep their own order.
  const sorted = found.toSorted((a, b) => troubleIn(b) - troubleIn(a))
  const cursorOf = (room: string) => `${troubleIn(room)}/${room}`
  if (after === undefined) return cutPage(sorted, limit, false, cursorOf)
  const [, trouble, last] = /^(\d)\/([^/]+)$/.exec(after) ?? []
  if (trouble === undefined || last === undefined) throw new WrongCursor()
  return cutPage(sorted, limit, (room) => (Number(trouble) - troubleIn(room) || list.compareOwn(room, last)) > 0, cursorOf)
}
