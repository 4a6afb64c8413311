import type { Room } from '@hearthwatch/api/rooms'

const key = 'hearthwatch.rooms'

/** What this browser last knew of the house, for when it cannot ask. Gone when somebody logs out. */
export function savedRooms(): { rooms: Room[]; at: number } | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null')
    return Array.isArray(kept?.rooms) && typeof kept.at === 'number' ? kept : null
  } catch {
    return null
  }
}

export function saveRooms(rooms: readonly Room[], at: number): void {
  try {
    localStorage.setItem(key, JSON.stringify({ at, rooms }))
  } catch {
    // No room for it, or not allowed: then nothing is remembered.
  }
}

export function deleteSavedRooms(): void {
  try {
    localStorage.removeItem(key)
  } catch {}
}
