import { grouped as groupedBy } from '@hearthwatch/api/room-order'
import type { Room } from '@hearthwatch/api/rooms'

/** The rooms by their group, those without one last. Rooms that the browser saved with an earlier version have no such field. */
export const grouped = (rooms: readonly Room[]) => groupedBy(rooms, ({ group }) => group ?? null)
