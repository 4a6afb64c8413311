import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { day } from '@hearthwatch/protocol/durations'
import type { Clone, House, SensorPlace } from './house.ts'
import { type Key, readOutbox, readStored, readStoredCopy, readTruth, readWaiting, timeOf } from './rows.ts'

/**
 * Remembers what the outboxes held that the test itself destroys. A reading of such a one that is afterwards neither in
 * an outbox nor in the database is lost with its disk, and may be missing in the end; every other one may not, whatever
 * happened to the database.
 */
export interface History {
  /** All that a sensor has taken: what it wrote down, and what was killed between the outbox's commit and that. */
  taken(sensor: SensorPlace): Key[]
  /** Readings with a time that cannot be, by a clock that was years ahead: they must not be stored. */
  impossible(sensor: SensorPlace): Key[]
  /** Readings of a room that only a destroyed disk held. */
  destroyed(room: string): ReadonlySet<Key>
  /** Rows that were lost to the cap, and what does not fit with what the outboxes say of it. */
  readonly capped: number
  readonly problems: readonly string[]
  /** Before an outbox is deleted or replaced; its sensor is dead. */
  beforeOutbox(sensor: SensorPlace): void
  /** And after it, while the sensor still is dead. */
  afterOutbox(sensor: SensorPlace): void
  /** Before an outbox gets less room than it needs, while the monitor cannot be reached; its sensor is dead. */
  beforeCap(sensor: SensorPlace): BeforeCap
  /** And after that, while the sensor is dead again. */
  afterCap(sensor: SensorPlace, before: BeforeCap): void
  /** After a clone was killed for good: what it has taken counts as its sensor's. */
  afterClone(sensor: SensorPlace, clone: Clone): void
  /** After the database was deleted or replaced; the monitor is dead. @param use it may turn out that it cannot be used */
  afterDatabase(use?: 'perhaps lost'): void
}

/** What an outbox with too little room may lose and has to count: what waited then, and what was taken from then on. */
interface BeforeCap {
  waiting: Key[]
  taken: number
  dropped: number
}

export function createHistory(house: House): History {
  const perRoom = () => new Map<string, Set<Key>>(house.sensors.map(({ room }) => [room, new Set()]))
  const of = (map: Map<string, Set<Key>>, room: string) => map.get(room) ?? new Set<Key>()
  /** What outboxes held that are no more. */
  const held = perRoom()
  const destroyed = perRoom()
  const problems: string[] = []
  let capped = 0

  /** Its files are those of one moment only while nobody writes. */
  function still<T>({ program }: Clone, look: () => T): T {
    program.freeze()
    try {
      return look()
    } finally {
      program.thaw()
    }
  }

  const holds = (sensor: Clone) => still(sensor, () => readOutbox(sensor.outboxFile))

  function all(sensor: SensorPlace): Key[] {
    const written = readTruth(sensor.truthFile)
    const known = new Set(written)
    const unwritten = [...of(held, sensor.room), ...holds(sensor)].filter((key) => !known.has(key))
    return [...written, ...new Set(unwritten)]
  }
  const isPossible = (key: Key) => timeOf(key) < Date.now() + day

  function examine(sensor: SensorPlace, stored: ReadonlyMap<string, Key[]>): void {
    const there = new Set(stored.get(sensor.room))
    const gone = of(destroyed, sensor.room)
    const elsewhere = [...of(held, sensor.room)].filter((key) => !there.has(key))
    if (elsewhere.length === 0) return
    const safe = new Set(holds(sensor))
    for (const key of elsewhere) if (!safe.has(key)) gone.add(key)
  }

  return {
    taken: (sensor) => all(sensor).filter(isPossible),
    impossible: (sensor) => all(sensor).filter((key) => !isPossible(key)),
    destroyed: (room) => of(destroyed, room),
    get capped() {
      return capped
    },
    problems,
    beforeOutbox(sensor) {
      for (const key of holds(sensor)) of(held, sensor.room).add(key)
    },
    afterOutbox: (sensor) => examine(sensor, readStored(house.databaseFile)),
    beforeCap: (sensor) => ({ ...readWaiting(sensor.outboxFile), taken: readTruth(sensor.truthFile).length }),
    afterCap(sensor, before) {
      const truth = readTruth(sensor.truthFile)
      // What was acknowledged goes first. It is no loss, but nobody can bring it back to a monitor that loses it later.
      for (const key of truth.filter(isPossible)) of(held, sensor.room).add(key)
      const stored = readStored(house.databaseFile)
      examine(sensor, stored)
      const safe = new Set([...(stored.get(sensor.room) ?? []), ...holds(sensor)])
      const lost = new Set([...before.waiting, ...truth.slice(before.taken)].filter((key) => !safe.has(key))).size
      const said = readWaiting(sensor.outboxFile).dropped - before.dropped
      capped += lost
      if (lost > said) problems.push(`${sensor.id} has lost ${lost} readings to its cap, and says ${said}`)
    },
    afterClone(sensor, clone) {
      for (const key of readOutbox(clone.outboxFile)) of(held, sensor.room).add(key)
      if (existsSync(clone.truthFile)) {
        for (const key of readTruth(clone.truthFile)) of(held, sensor.room).add(key)
        const written = readFileSync(clone.truthFile, 'utf8')
        appendFileSync(sensor.truthFile, written.slice(0, written.lastIndexOf('\n') + 1))
        rmSync(clone.truthFile)
      }
      examine(sensor, readStored(house.databaseFile))
    },
    afterDatabase(use) {
      const stored = use === undefined ? readStoredCopy(house.databaseFile) : new Map()
      for (const sensor of house.sensors) examine(sensor, stored)
    },
  }
}
