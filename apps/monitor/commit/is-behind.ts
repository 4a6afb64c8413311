import type { Batch } from '@hearthwatch/protocol'

/** Longest usual time between a row and its batch, beyond two intervals, ms. */
const mostDelay = 5000

/**
 * True if the device has newer rows than this batch. A batch that is not the newest is treated as late: it never raises or
 * resolves a current alert.
 */
export function isBehind({ rows, now }: Batch, interval: number | undefined): boolean {
  // A row with a wrong time says nothing.
  const timed = rows.filter(({ time }) => !Number.isNaN(time))
  const [last, before] = [timed.at(-1), timed.at(-2)]
  if (last === undefined || (before === undefined && interval === undefined)) return false
  const usual = Math.max((interval ?? 0) * 1000, before ? last.time - before.time : 0)
  return now - last.time > 2 * usual + mostDelay
}
