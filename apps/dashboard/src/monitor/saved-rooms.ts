import type { Room } from '@hearthwatch/api/rooms'

const key = 'hearthwatch.rooms'

/** The rooms as this browser last received them, shown while the monitor cannot be reached. A logout deletes them. */
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
    // Storage is full or blocked: nothing is saved.
  }
}

export function deleteSavedRooms(): void {
  try {
    localStorage.removeItem(key)
  } catch {}
}
