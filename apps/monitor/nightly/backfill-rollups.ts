import { setImmediate as pause } from 'node:timers/promises'
import type { Store } from '../store/store.ts'

export interface CompleteOptions {
  store: Pick<Store, 'readings'>
  /** Where it stands: the series that is worked on and how many there are, and the time (ms) it has come to. */
  onProgress?: (series: number, of: number, time: number) => void
  signal?: AbortSignal | undefined
}

/**
 * Makes the rollups that are missing, a day of one series at a time: those of a database that is older than rollups, or
 * those that `npm run rebuild` wants anew. Stopped or killed anywhere, it goes on where it was. Meanwhile charts are made
 * of the readings themselves.
 * @returns whether all are complete
 */
export async function completeRollups({ store, onProgress, signal }: CompleteOptions): Promise<boolean> {
  const { rebuild } = store.readings
  const all = rebuild.unfinished()
  for (const [i, { id, rolled }] of all.entries()) {
    for (let at: number | null = rolled; at !== null; ) {
      if (signal?.aborted) return false
      at = rebuild.step({ id, rolled: at })
      if (at !== null) onProgress?.(i + 1, all.length, at)
      await pause()
    }
  }
  return true
}
