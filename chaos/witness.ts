import type { House, SensorPlace } from './house.ts'
import { type Key, readOutbox, readStored, readStoredCopy, readTruth } from './rows.ts'

/**
 * Remembers what the outboxes held that the test itself destroys. A reading of such a one that is afterwards neither in
 * an outbox nor in the database is lost with its disk, and may be missing in the end; every other one may not, whatever
 * happened to the database.
 */
export interface Witness {
  /** All that a sensor has taken: what it wrote down, and what was killed between the outbox's commit and that. */
  taken(sensor: SensorPlace): Key[]
  /** Readings of a room that only a destroyed disk held. */
  destroyed(room: string): ReadonlySet<Key>
  /** Before an outbox is deleted or replaced; its sensor is dead. */
  beforeOutbox(sensor: SensorPlace): void
  /** And after it, while the sensor still is dead. */
  afterOutbox(sensor: SensorPlace): void
  /** After the database was deleted or replaced; the monitor is dead. */
  afterDatabase(): void
}

export function createWitness(house: House): Witness {
  const perRoom = () => new Map<string, Set<Key>>(house.sensors.map(({ room }) => [room, new Set()]))
  const of = (map: Map<string, Set<Key>>, room: string) => map.get(room) ?? new Set<Key>()
  /** What outboxes held that are no more. */
  const held = perRoom()
  const destroyed = perRoom()

  function holds({ program, outboxFile }: SensorPlace): Key[] {
    // Its files are those of one moment only while nobody writes.
    program.freeze()
    try {
      return readOutbox(outboxFile)
    } finally {
      program.thaw()
    }
  }

  function taken(sensor: SensorPlace): Key[] {
    const written = readTruth(sensor.truthFile)
    const known = new Set(written)
    const unwritten = [...of(held, sensor.room), ...holds(sensor)].filter((key) => !known.has(key))
    return [...written, ...new Set(unwritten)]
  }

  function examine(sensor: SensorPlace, stored: ReadonlyMap<string, Key[]>): void {
    const there = new Set(stored.get(sensor.room))
    const elsewhere = [...of(held, sensor.room)].filter((key) => !there.has(key))
    if (elsewhere.length === 0) return
    const safe = new Set(holds(sensor))
    for (const key of elsewhere) if (!safe.has(key)) of(destroyed, sensor.room).add(key)
  }

  return {
    taken,
    destroyed: (room) => of(destroyed, room),
    beforeOutbox(sensor) {
      for (const key of holds(sensor)) of(held, sensor.room).add(key)
    },
    afterOutbox: (sensor) => examine(sensor, readStored(house.databaseFile)),
    afterDatabase() {
      const stored = readStoredCopy(house.databaseFile)
      for (const sensor of house.sensors) examine(sensor, stored)
    },
  }
}
