import type { Room } from '@hearthwatch/api/rooms'
import { severities } from '@hearthwatch/api/severity'

/** From this number of rooms on, home can be searched and sorted. */
export const manyRooms = 13

/** Higher is worse: alerts by their severity, then sensors that are offline, then values that are out of date. */
function troubleOf({ alerts, status, quantities }: Room): number {
  const worst = Math.max(-1, ...alerts.map(({ severity }) => severities.indexOf(severity)))
  if (worst >= 0) return 3 + worst
  if (status === 'offline') return 2
  return Object.values(quantities).some(({ stale }) => stale) ? 1 : 0
}

/** The rooms whose name has the text in it, in their order, or the worst first. */
export function chosenRooms(rooms: readonly Room[], text: string, isByTrouble: boolean): readonly Room[] {
  const plain = (name: string) => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const wanted = plain(text.trim())
  const found = rooms.filter(({ room, name }) => plain(`${name ?? ''} ${room}`).includes(wanted))
  return isByTrouble ? found.sort((a, b) => troubleOf(b) - troubleOf(a)) : found
}
