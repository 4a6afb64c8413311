import type { Row } from '@hearthwatch/protocol'
import { type Quality, quality, release } from './clock.ts'
import { type OutboxRows, valuesOf } from './rows.ts'
import type { UniqueTimes } from './unique-times.ts'

/**
 * The rows that wait for a clock. They are in the outbox but may not be sent yet.
 * @param boot this run of the machine. Rows of earlier runs get a guessed time at once.
 */
export function createWaitingRows(rows: OutboxRows, times: UniqueTimes, boot: number, inTransaction: <T>(work: () => T) => T) {
  function stampBoot(ofBoot: number, origin: number, rowQuality: Quality): Row[] {
    return inTransaction(() =>
      rows.waiting(ofBoot).map(({ seq, uptime, readings }) => {
        const time = times.take(origin + uptime)
        rows.setTime(seq, time, rowQuality)
        return { seq, time, values: valuesOf(readings) ?? {} }
      }),
    )
  }

  // The machine stopped before its clock was set, so the true times of these rows can no longer be known.
  for (const earlier of rows.waitingBoots(boot))
    stampBoot(earlier, Math.max(release, rows.newestKnown(boot) || rows.newestTime()), quality.guessed)
  let first = rows.firstWaiting()
  return {
    /** The lowest number among them; null: there are none. */
    get first(): number | null {
      return first
    },
    /** Adds a row with a higher number than all others. */
    add(seq: number): void {
      first ??= seq
    },
    /** Gives all waiting rows of this run of the machine their times. @param origin the time at uptime 0, ms @returns these rows */
    stamp(origin: number, rowQuality: Quality): Row[] {
      if (first === null) return []
      const stamped = stampBoot(boot, origin, rowQuality)
      first = null
      return stamped
    },
    /** Call this after a fork. */
    renumbered(): void {
      first = rows.firstWaiting()
    },
  }
}
