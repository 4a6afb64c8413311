import { setTimeout as delay } from 'node:timers/promises'
import { type MonitorAddress, newestReading } from '@hearthwatch/cli/sensor/monitor-client'
import { minute, second } from '@hearthwatch/protocol/durations'
import type { Words } from './words/words.ts'

/** A Pi with a slow card takes five minutes; the network may take longer. */
const patience = 20 * minute

/** Waits until a reading of the sensor has come. @returns the sentence for people, and true for a reading */
export async function waitForReading(
  monitor: MonitorAddress,
  id: string,
  words: Words,
  signal: AbortSignal,
  since = Date.now(),
): Promise<{ text: string; isGood: boolean }> {
  const end = performance.now() + patience
  let isReached = false
  while (performance.now() < end && !signal.aborted) {
    const reading = await newestReading(monitor, id).catch(() => undefined)
    if (reading !== undefined) isReached = true
    else if (!isReached) return { text: words.noMonitor(monitor.url), isGood: false }
    if (reading && reading.lastSeen > since && reading.values.length > 0) {
      const values = reading.values.map(({ quantity, value, unit }) => `${quantity} ${value}${unit === null ? '' : ` ${unit}`}`).join(', ')
      return { text: words.firstReading(id, reading.room, values), isGood: true }
    }
    await delay(second, undefined, { signal }).catch(() => {})
  }
  return { text: words.noReading(patience / minute), isGood: false }
}
