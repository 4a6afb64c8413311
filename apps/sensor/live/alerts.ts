import type { Log } from '@hearthwatch/log'
import { type Link, Refused } from '@hearthwatch/mqtt'
import { quantityOf, topicOf, topics } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import { placeOfKey } from '../probes/place.ts'
import type { Reading } from '../probes/probe.ts'
import { alertText } from './alert-text.ts'
import { applyValue, isUnpublished, type Limits, markPublished, markUnpublished, noAlarm, type ThresholdAlarm } from './threshold-alarm.ts'

/** Publishes an alert each time that a temperature exceeds a limit. Without a connection it waits, if the limit is still exceeded then. */
export type Alerts = ReturnType<typeof createAlerts>

/** @param publish rejects if there is no connection, or if it breaks before the broker has acknowledged the message */
export function createAlerts(
  config: Pick<SensorConfig, 'ROOM' | 'ALERT_ABOVE' | 'ALERT_BELOW' | 'UI_LANGUAGE'>,
  publish: Link['publish'],
  log: Log,
) {
  let limits: Limits = { above: config.ALERT_ABOVE, below: config.ALERT_BELOW }
  const alarms = new Map<string, ThresholdAlarm>()

  /** Publishes the waiting alerts. Call this when connected. */
  function publishWaiting() {
    for (const [key, alarm] of alarms) {
      const text = isUnpublished(alarm) ? textOf(key, alarm) : null
      if (text === null) continue
      alarms.set(key, markPublished(alarm))
      publish(topicOf('alert', { room: placeOfKey(key, config.ROOM).room }), text, topics.alert).catch((error: unknown) => {
        // The next connection has the same access list.
        if (error instanceof Refused) return log.warn('the broker refuses an alert', { why: error.message })
        alarms.set(key, markUnpublished(alarms.get(key) ?? alarm, alarm.change))
      })
    }
  }

  function textOf(key: string, { state, value }: ThresholdAlarm): string | null {
    if (state === 'normal') return null
    const { room, quantity } = placeOfKey(key, config.ROOM)
    const place = quantity === 'temperature' ? room : `${room} (${quantity})`
    const limit = state === 'below' && limits.below !== undefined ? limits.below : limits.above
    return alertText({ place, state, value, limit, unit: quantityOf('temperature').unit }, config.UI_LANGUAGE)
  }

  return {
    /** @returns true if a temperature has crossed a limit, outwards or back */
    check(readings: readonly Reading[]): boolean {
      let crossed = false
      for (const { key, quantity, value } of readings) {
        if (quantity !== 'temperature') continue
        const before = alarms.get(key) ?? noAlarm
        const after = applyValue(before, value, limits)
        alarms.set(key, after)
        if (after.state === before.state) continue
        crossed = true
        log.info(after.state === 'normal' ? 'temperature is back within limits' : `temperature is ${after.state} the limit`, { key, value })
      }
      publishWaiting()
      return crossed
    },
    /** New limits, from the next reading on. */
    setLimits(next: Limits): void {
      limits = next
    },
    publishWaiting,
  }
}
