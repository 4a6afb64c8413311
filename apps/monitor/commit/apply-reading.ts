import { PayloadError, readAgain } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Judge } from '../alerts/judge.ts'
import type { LiveCheck } from '../devices/live-check.ts'
import type { Presence } from '../devices/presence.ts'
import type { Reading } from '../intake/message.ts'
import type { LiveState } from '../live/live-state.ts'
import { showReading } from '../live/show.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Store } from '../store/store.ts'

/** Late crossings of a foreign device that are nearer to each other are one alert, ms. */
const shortestPause = 10 * minute

export interface ApplyReadingOptions {
  store: Pick<Store, 'readings'>
  judge: Judge
  presence: Presence
  liveCheck: LiveCheck
  liveState: LiveState
  /** Counts a value that cannot be stored. */
  reject(topic: string, reason: string, why: string, at: number): void
}

/** Stores a reading of a live topic, unless a record brings it, and judges it. */
export function createApplyReading({ store: { readings }, judge, presence, liveCheck, liveState, reject }: ApplyReadingOptions) {
  /** @returns the outcome for the trace */
  function addReading({ value, time, at, late, topic }: Reading, name: SeriesName): 'stored' | 'repeat' | `rejected: ${string}` {
    try {
      const stored = time === null ? readings.addPlain(name, value, at, late) : readings.addTimed(name, value, time, late)
      return stored === null ? 'repeat' : 'stored'
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error
      reject(topic, error.fault, error.message, at)
      return `rejected: ${error.fault}`
    }
  }

  /** The reading in the unit of its topic's owner, whose info may have arrived after it; null if it cannot be converted. */
  function inUnit(message: Reading): Reading | null {
    const { topic, quantity, at, trace } = message
    try {
      const value = readAgain(message, quantity, presence.unitOf(topic))
      if (value === message.value) return message
      const converted = { ...message, value }
      showReading(liveState, converted, presence.seriesName(message).device)
      return converted
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error
      reject(topic, error.fault, error.message, at)
      trace?.(`rejected: ${error.fault}`)
      return null
    }
  }

  function judgeReading(message: Reading, name: SeriesName, deferred?: true): void {
    const { value, time, at, late, aged, topic, trace } = message
    if (late && !aged) return trace?.('late')
    const recorded = presence.isRecorded(topic)
    const device = presence.senderOf(message)
    if (device && presence.isProof(message, device)) presence.markSeen(device, at)
    if (aged) {
      trace?.('late')
      return judge.forBatch(name, Math.max(device?.usual ?? 0, shortestPause), at)(value, time ?? at, true)
    }
    // Anyone may publish a live reading. It raises an alert at once, and only the record ends it.
    const isJudged = judge.reading(name, value, at, { recorded, deferred, endsNothing: recorded })
    if (recorded) liveCheck.live(topic, value, at, !isJudged)
    trace?.(isJudged ? 'judged' : 'left')
  }

  /** @returns true if it was stored */
  return function applyReading(given: Reading & { deferred?: true }): boolean {
    const message = inUnit(given)
    if (message === null) return false
    const { topic, trace } = message
    const name = presence.seriesName(message)
    const outcome = presence.isRecorded(topic) ? 'recorded' : addReading(message, name)
    trace?.(outcome)
    // Cached states come again after a restart of their program: they are no sign of life.
    if (message.sender && outcome !== 'stored') return false
    judgeReading(message, name, given.deferred)
    return outcome === 'stored'
  }
}
