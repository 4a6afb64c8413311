import { setImmediate as pause } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import type { Store } from '../store/store.ts'

/** As long as sensors keep what they have sent: a monitor that gets it all again finds it in the table. ms */
const foldAfter = 7 * day

export interface FoldOptions {
  store: Pick<Store, 'readings'>
  now: () => number
  log: Log
  signal?: AbortSignal | undefined
}

/**
 * The night's work: whole days (UTC) of more than a week ago become blocks, a day of one series in each transaction, and
 * what came late for such a day is put into its block. Stopped or killed anywhere, it goes on the next night.
 * @returns how many readings were folded
 */
export async function foldOld({ store, now, log, signal }: FoldOptions): Promise<number> {
  const { fold } = store.readings
  const before = Math.floor((now() - foldAfter) / day) * day
  let folded = 0
  for (const series of fold.seriesBefore(before)) {
    for (let step = fold.step(series, 0, before); step !== null; step = fold.step(series, step.next, before)) {
      folded += step.count
      await pause()
      if (signal?.aborted) return folded
    }
  }
  if (folded > 0) log.info('old readings were folded', { readings: folded, before: new Date(before).toISOString() })
  return folded
}
