import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { day } from '@hearthwatch/protocol/durations'
import { type Key, readOutbox, readStored, readStoredCopy, readTaken, readWaiting, timeOf } from './rows.ts'
import type { Clone, Testbed, TestSensor } from './testbed.ts'

/**
 * Records the content of outboxes that the test itself destroys. Their readings may be missing at the end if they are then
 * neither in an outbox nor in the database. All other readings must be stored, whatever happened to the database.
 */
export type History = ReturnType<typeof createHistory>

/** State of an outbox before its cap is lowered. Waiting readings, and readings from then on, may be lost but must be counted. */
interface BeforeCap {
  waiting: Key[]
  taken: number
  dropped: number
}

export function createHistory(testbed: Testbed) {
  const setPerRoom = () => new Map<string, Set<Key>>(testbed.sensors.map(({ room }) => [room, new Set()]))
  const setOf = (map: Map<string, Set<Key>>, room: string) => map.get(room) ?? new Set<Key>()
  /** Content of destroyed outboxes. */
  const formerOutboxes = setPerRoom()
  const destroyed = setPerRoom()
  const problems: string[] = []
  let capped = 0
  let silences = 0

  /** Reads an outbox while its sensor is frozen, so that its files are consistent. */
  function outboxOf({ program, outboxFile }: Clone): Key[] {
    program.freeze()
    try {
      return readOutbox(outboxFile)
    } finally {
      program.resume()
    }
  }

  function all(sensor: TestSensor): Key[] {
    const logged = readTaken(sensor.takenFile)
    const known = new Set(logged)
    const unlogged = [...setOf(formerOutboxes, sensor.room), ...outboxOf(sensor)].filter((key) => !known.has(key))
    return [...logged, ...new Set(unlogged)]
  }
  const isPossible = (key: Key) => timeOf(key) < Date.now() + day

  function recordDestroyed(sensor: TestSensor, stored: ReadonlyMap<string, Key[]>): void {
    const there = new Set(stored.get(sensor.room))
    const notStored = [...setOf(formerOutboxes, sensor.room)].filter((key) => !there.has(key))
    if (notStored.length === 0) return
    const safe = new Set(outboxOf(sensor))
    for (const key of notStored) if (!safe.has(key)) setOf(destroyed, sensor.room).add(key)
  }

  return {
    /** All readings of a sensor: those it has logged, and those it committed to the outbox just before a kill. */
    taken: (sensor: TestSensor) => all(sensor).filter(isPossible),
    /** Readings with an impossible time, from a clock that was years ahead: they must not be stored. */
    impossible: (sensor: TestSensor) => all(sensor).filter((key) => !isPossible(key)),
    /** Readings of a room that existed only on a destroyed disk. */
    destroyed: (room: string): ReadonlySet<Key> => setOf(destroyed, room),
    /** Number of rows lost because an outbox reached its cap. */
    get capped(): number {
      return capped
    },
    /** Number of sensors whose last will died with its node, and which were shown as offline by their silence. */
    get silences(): number {
      return silences
    },
    set silences(count) {
      silences = count
    },
    /** Differences between the rows lost to a cap and the number that the outbox reports. */
    problems,
    /** Call this before an outbox is deleted or replaced, while its sensor is stopped. */
    beforeOutbox(sensor: TestSensor): void {
      for (const key of outboxOf(sensor)) setOf(formerOutboxes, sensor.room).add(key)
    },
    /** Call this after that, while the sensor is still stopped. */
    afterOutbox: (sensor: TestSensor) => recordDestroyed(sensor, readStored(testbed.databaseFile)),
    /** Call this before an outbox gets a low cap and cannot reach the monitor, while its sensor is stopped. */
    beforeCap: (sensor: TestSensor): BeforeCap => ({ ...readWaiting(sensor.outboxFile), taken: readTaken(sensor.takenFile).length }),
    /** Call this after that, while the sensor is stopped again. */
    afterCap(sensor: TestSensor, before: BeforeCap): void {
      const taken = readTaken(sensor.takenFile)
      // Acknowledged rows are deleted first. They are not lost, but cannot be resent to a monitor that loses them later.
      for (const key of taken.filter(isPossible)) setOf(formerOutboxes, sensor.room).add(key)
      const stored = readStored(testbed.databaseFile)
      recordDestroyed(sensor, stored)
      const safe = new Set([...(stored.get(sensor.room) ?? []), ...outboxOf(sensor)])
      const lost = new Set([...before.waiting, ...taken.slice(before.taken)].filter((key) => !safe.has(key))).size
      const reported = readWaiting(sensor.outboxFile).dropped - before.dropped
      capped += lost
      if (lost > reported) problems.push(`${sensor.id} has lost ${lost} readings to its cap, but reports ${reported}`)
    },
    /** Adds the readings of a clone to its sensor, after the clone was killed for good. */
    afterClone(sensor: TestSensor, clone: Clone): void {
      for (const key of readOutbox(clone.outboxFile)) setOf(formerOutboxes, sensor.room).add(key)
      if (existsSync(clone.takenFile)) {
        for (const key of readTaken(clone.takenFile)) setOf(formerOutboxes, sensor.room).add(key)
        const logged = readFileSync(clone.takenFile, 'utf8')
        appendFileSync(sensor.takenFile, logged.slice(0, logged.lastIndexOf('\n') + 1))
        rmSync(clone.takenFile)
      }
      recordDestroyed(sensor, readStored(testbed.databaseFile))
    },
    /**
     * Call this after the database was deleted or replaced, while the monitor is stopped.
     * @param use 'perhaps lost' if the monitor may find the database unusable
     */
    afterDatabase(use?: 'perhaps lost'): void {
      const stored = use === undefined ? readStoredCopy(testbed.databaseFile) : new Map()
      for (const sensor of testbed.sensors) recordDestroyed(sensor, stored)
    },
  }
}
