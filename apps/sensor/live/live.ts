import type { Log } from '@hearthwatch/log'
import { topicOf, topics, writeReading } from '@hearthwatch/protocol'
import type { Presence } from '../presence/presence.ts'
import { placeOfKey } from '../probes/place.ts'
import type { Reading } from '../probes/probe.ts'
import { createLiveQueue } from './live-queue.ts'
import { rateOf } from './rate.ts'

/** Publishes live readings: the newest value of each topic, at most `MAX_RATE` messages a second. */
export type Live = ReturnType<typeof createLive>

/** @param now ms, of a clock that is never set back */
export function createLive(room: string, maxRate: number, presence: Pick<Presence, 'isOnline' | 'publish'>, now: () => number, log: Log) {
  const queue = createLiveQueue(rateOf(maxRate), send, now)

  function send(topic: string, payload: string): boolean {
    if (!presence.isOnline) return false
    presence.publish(topic, payload, topics.reading).catch((error) => log.debug('reading not sent', { topic, error }))
    return true
  }

  return {
    /** Publishes the readings of one tick. */
    publish(readings: readonly Reading[]): void {
      queue.offer(new Map(readings.map(({ key, value }) => [topicOf('reading', placeOfKey(key, room)), writeReading(value)])))
    },
    /** Publishes all newest values again. Call this when connected: the broker may have lost them. */
    republish: queue.repeat,
    setMaxRate: (perSecond: number) => queue.setRate(rateOf(perSecond)),
    stop: queue.stop,
  }
}
