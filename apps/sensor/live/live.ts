import type { Log } from '@hearthwatch/log'
import { topicOf, topics, writeReading } from '@hearthwatch/protocol'
import type { Presence } from '../presence/presence.ts'
import type { Reading } from '../probes/probe.ts'
import { createLiveQueue, type LiveQueue } from './live-queue.ts'
import { rateOf } from './rate.ts'

/** Publishes live readings: the newest value of each topic, at most `MAX_RATE` messages a second. */
export interface Live extends Pick<LiveQueue, 'stop'> {
  /** Publishes the readings of one tick. */
  publish(readings: readonly Reading[]): void
  /** Publishes all newest values again. Call this when connected: the broker may have lost them. */
  republish(): void
  setMaxRate(perSecond: number): void
}

/** @param now ms, of a clock that is never set back */
export function createLive(
  room: string,
  maxRate: number,
  presence: Pick<Presence, 'isOnline' | 'publish'>,
  now: () => number,
  log: Log,
): Live {
  const queue = createLiveQueue(rateOf(maxRate), send, now)

  function send(topic: string, payload: string): boolean {
    if (!presence.isOnline) return false
    presence.publish(topic, payload, topics.reading).catch((error) => log.debug('reading not sent', { topic, error }))
    return true
  }

  return {
    publish(readings) {
      queue.offer(new Map(readings.map(({ key, value }) => [topicOf('reading', { room, quantity: key }), writeReading(value)])))
    },
    republish: queue.repeat,
    setMaxRate: (perSecond) => queue.setRate(rateOf(perSecond)),
    stop: queue.stop,
  }
}
