import type { Database } from 'better-sqlite3'
import { evictOldest } from './evict-oldest.ts'

/** Values of a device's record that were not stored, because their room is not the device's. */
export interface Aside {
  epoch: string
  /** `room/quantity` */
  place: string
  /** The lowest number of such a row. */
  first: number
  count: number
}

export type Asides = ReturnType<typeof storeAsides>

/** Most places of a device that are remembered: a device that is not honest could make up one with each value. */
const mostPlaces = 64

/**
 * The rows that a device was not allowed to store. Only their numbers are stored: once they are allowed, the device sends its
 * rows again from `first` on, as after a restored database.
 * @param mostCached devices that are cached
 */
export function storeAsides(db: Database, mostCached: () => number = () => 10_000) {
  const ofDevice = db.prepare<[string], Aside>('SELECT epoch, place, first, count FROM aside WHERE device = ?')
  const upsert = db.prepare<[Aside & { device: string }]>(`
    INSERT INTO aside VALUES (:device, :epoch, :place, :first, :count)
    ON CONFLICT DO UPDATE SET first = min(first, :first), count = count + :count`)
  const remove = db.prepare<[string, string, string]>('DELETE FROM aside WHERE device = ? AND epoch = ? AND place = ?')
  const removeAll = db.prepare<[string]>('DELETE FROM aside WHERE device = ?')
  const known = new Map<string, Aside[]>()

  function of(device: string): readonly Aside[] {
    let found = known.get(device)
    if (found === undefined) {
      found = ofDevice.all(device)
      evictOldest(known, mostCached())
      known.set(device, found)
    }
    return found
  }

  return {
    /** Everything that is set aside of this device. */
    of,

    add(device: string, aside: Aside): void {
      const isKnown = of(device).some(({ epoch, place }) => epoch === aside.epoch && place === aside.place)
      if (!isKnown && of(device).length >= mostPlaces) return
      upsert.run({ device, ...aside })
      known.delete(device)
    },

    /** The rows are allowed from now on, and are requested again. */
    remove(device: string, { epoch, place }: Aside): void {
      remove.run(device, epoch, place)
      known.delete(device)
    },

    /** The device is forgotten. */
    removeAll(device: string): void {
      removeAll.run(device)
      known.delete(device)
    },

    /** After a rollback: reads the database again. */
    forget: () => known.clear(),
  }
}
