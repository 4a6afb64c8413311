import type { Room } from '@hearthwatch/api/rooms'

export interface Group {
  /** null: rooms without a group, which come last */
  name: string | null
  rooms: readonly Room[]
}

/** The rooms by their group. A group stands at the place of its first room. */
export function grouped(rooms: readonly Room[]): readonly Group[] {
  const groups = new Map<string | null, Room[]>()
  // Rooms that the browser saved with an earlier version of the page have no field for a group.
  for (const room of rooms) groups.set(room.group ?? null, [...(groups.get(room.group ?? null) ?? []), room])
  const others = groups.get(null)
  groups.delete(null)
  if (others !== undefined) groups.set(null, others)
  return [...groups].map(([name, members]) => ({ name, rooms: members }))
}
