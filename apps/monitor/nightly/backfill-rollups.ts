import { setImmediate as pause } from 'node:timers/promises'
import type { Store } from '../store/store.ts'

export interface BackfillOptions {
  store: Pick<Store, 'readings'>
  /** Called after each step: number of the current series, number of all series, and the time (ms) reached. */
  onProgress?: (series: number, of: number, time: number) => void
  signal?: AbortSignal | undefined
}

/**
 * Computes missing rollups, a day of one series at a time: after an upgrade from a version without rollups, or for
 * `npm run rebuild`. If it is stopped or killed, it continues where it was. Meanwhile charts read the readings themselves.
 * @returns true if all are complete
 */
export async function backfillRollups({ store, onProgress, signal }: BackfillOptions): Promise<boolean> {
  const { rebuild } = store.readings
  const all = rebuild.unfinished()
  for (const [i, { id, rolledUpTo }] of all.entries()) {
    for (let at: number | null = rolledUpTo; at !== null; ) {
      if (signal?.aborted) return false
      at = rebuild.step({ id, rolledUpTo: at })
      if (at !== null) onProgress?.(i + 1, all.length, at)
      await pause()
    }
  }
  return true
}
