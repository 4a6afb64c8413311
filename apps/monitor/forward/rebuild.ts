import type { Log } from '@hearthwatch/log'
import type { Store } from '../store/store.ts'
import type { Target } from './target.ts'

/** Readings that are sent together. */
const together = 5000

export interface RebuildOptions {
  target: Target
  store: Pick<Store, 'feed' | 'readings'>
  /** Sends what the feed has collected meanwhile. */
  drain(): Promise<void>
  signal: AbortSignal
  log: Log
}

/**
 * Sends all that is stored: the first time, after the feed was full, or to a target that has lost something. Repeats change
 * nothing there. A rebuild that is interrupted goes on with the series at which it was.
 */
export async function rebuild({ target, store, drain, signal, log }: RebuildOptions): Promise<void> {
  const { feed, readings } = store
  const began = performance.now()
  let count = 0
  await target.setComplete(false)
  await drain()
  for (let series = readings.seriesAfter(feed.rebuild ?? 0); series !== undefined; series = readings.seriesAfter(series.id)) {
    const { id, ...name } = series
    let rows: [number, number][] = []
    const send = async () => {
      if (rows.length > 0) await target.sendPast({ readings: [{ series: name, rows }] })
      count += rows.length
      rows = []
      await drain()
    }
    for (const { time, value } of readings.each(name, 0, Number.MAX_SAFE_INTEGER)) {
      rows.push([time, value])
      if (rows.length < together) continue
      await send()
      if (signal.aborted) return
    }
    await send()
    if (signal.aborted) return
    feed.rebuild = id
  }
  await target.sendPast(feed.everything())
  await drain()
  await target.setComplete(true)
  feed.rebuild = null
  log.info('everything stored is forwarded', { readings: count, seconds: Math.round((performance.now() - began) / 100) / 10 })
}
