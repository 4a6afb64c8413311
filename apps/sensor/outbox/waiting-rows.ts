import type { Row } from '@hearthwatch/protocol'
import { type Quality, quality, release } from './clock.ts'
import { type OutboxRows, valuesOf } from './rows.ts'
import type { UniqueTimes } from './unique-times.ts'

/** The rows that wait for a clock: they lie in the outbox, and may not be sent. */
export interface Held {
  /** The lowest number among them; null: there are none. */
  readonly first: number | null
  /** This one is the last of them. */
  add(seq: number): void
  /** Gives all of this run of the machine their times. @param origin the time at uptime 0, ms @returns them */
  stamp(origin: number, worth: Quality): Row[]
  /** They have other numbers by now. */
  renumbered(): void
}

/** @param boot this run of the machine; what waited in an earlier one gets the best time that is left to be had */
export function createHeld(rows: OutboxRows, times: UniqueTimes, boot: number, inTransaction: <T>(work: () => T) => T): Held {
  function stampBoot(of: number, origin: number, worth: Quality): Row[] {
    return inTransaction(() =>
      rows.held(of).map(({ seq, uptime, readings }) => {
        const time = times.take(origin + uptime)
        rows.setTime(seq, time, worth)
        return { seq, time, values: valuesOf(readings) ?? {} }
      }),
    )
  }

  // The power went while they were waiting: nobody can know any more when they were taken.
  for (const earlier of rows.heldBoots(boot))
    stampBoot(earlier, Math.max(release, rows.newestKnown(boot) || rows.newestTime()), quality.guessed)
  let first = rows.firstHeld()
  return {
    get first() {
      return first
    },
    add(seq) {
      first ??= seq
    },
    stamp(origin, worth) {
      if (first === null) return []
      const stamped = stampBoot(boot, origin, worth)
      first = null
      return stamped
    },
    renumbered() {
      first = rows.firstHeld()
    },
  }
}
