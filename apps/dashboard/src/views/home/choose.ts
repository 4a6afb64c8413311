import { searchable, troubleOf } from '@hearthwatch/api/room-order'
import type { Room } from '@hearthwatch/api/rooms'

/** From this number of rooms on, home can be searched and sorted. */
export const manyRooms = 13

const troubleIn = (room: Room) => troubleOf({ ...room, isStale: Object.values(room.quantities).some(({ stale }) => stale) })

/** The rooms whose name has the text in it, in their order, or the worst first. */
export function chosenRooms(rooms: readonly Room[], text: string, isByTrouble: boolean): readonly Room[] {
  const wanted = searchable(text.trim())
  const found = rooms.filter(({ room, name }) => searchable(`${name ?? ''} ${room}`).includes(wanted))
  return isByTrouble ? found.sort((a, b) => troubleIn(b) - troubleIn(a)) : found
}
