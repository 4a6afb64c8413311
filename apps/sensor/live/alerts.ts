import type { Log } from '@hearthwatch/log'
import { topicOf, topics } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import type { Reading } from '../probes/probe.ts'
import { isUntold, judge, type Limits, markTold, markUntold, unwatched, type Watch } from './crossing.ts'
import { sentenceOf } from './sentence.ts'

/** Tells people when a temperature crosses a limit, once; what cannot be told now is told when it can, if it still holds. */
export interface Alerts {
  judge(readings: readonly Reading[]): void
  /** Other limits from the next reading on. */
  limit(limits: Limits): void
  /** There is a connection (again). */
  tell(): void
}

/** @param publish rejects where there is no connection or it breaks before the broker has the message */
export function createAlerts(
  config: Pick<SensorConfig, 'ROOM' | 'ALERT_ABOVE' | 'ALERT_BELOW' | 'UI_LANGUAGE'>,
  publish: (topic: string, text: string, options: { qos: 0 | 1 | 2; retain: boolean }) => Promise<void>,
  log: Log,
): Alerts {
  let limits: Limits = { above: config.ALERT_ABOVE, below: config.ALERT_BELOW }
  const topic = topicOf('alert', { room: config.ROOM })
  const watches = new Map<string, Watch>()

  function tell() {
    for (const [key, watch] of watches) {
      if (!isUntold(watch)) continue
      watches.set(key, markTold(watch))
      publish(topic, textOf(key, watch), topics.alert).catch(() => {
        watches.set(key, markUntold(watches.get(key) ?? watch, watch.change))
      })
    }
  }

  function textOf(key: string, { zone, value }: Watch): string {
    if (zone === 'normal') throw new Error('nothing to tell')
    const place = key === 'temperature' ? config.ROOM : `${config.ROOM} (${key})`
    const limit = zone === 'below' && limits.below !== undefined ? limits.below : limits.above
    return sentenceOf({ place, zone, value, limit, unit: '°C' }, config.UI_LANGUAGE)
  }

  return {
    judge(readings) {
      for (const { key, quantity, value } of readings) {
        if (quantity !== 'temperature') continue
        const before = watches.get(key) ?? unwatched
        const after = judge(before, value, limits)
        watches.set(key, after)
        if (after.zone !== before.zone) log.info(after.zone === 'normal' ? 'back to normal' : `${after.zone} the limit`, { key, value })
      }
      tell()
    },
    limit(next) {
      limits = next
    },
    tell,
  }
}
