import type { Alert } from '@hearthwatch/api/alerts'
import type { Room } from '@hearthwatch/api/rooms'

const key = 'hearthwatch.rooms'

/** The home view as this browser last received it, shown until the monitor answers. */
interface SavedHome {
  rooms: readonly Room[]
  alerts: readonly Alert[]
  /** True if no channel sends messages. */
  isUntold: boolean
  /** ms */
  at: number
}

/** A logout deletes them. */
export function savedRooms(): SavedHome | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (!Array.isArray(kept?.rooms) || typeof kept.at !== 'number') return null
    return { ...kept, alerts: Array.isArray(kept.alerts) ? kept.alerts : [], isUntold: kept.isUntold === true }
  } catch {
    return null
  }
}

export function saveRooms(home: SavedHome): void {
  try {
    localStorage.setItem(key, JSON.stringify(home))
  } catch {
    // Storage is full or blocked: nothing is saved.
  }
}

export function deleteSavedRooms(): void {
  try {
    localStorage.removeItem(key)
  } catch {}
}
