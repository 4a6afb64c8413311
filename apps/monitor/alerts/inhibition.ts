import type { Alert, Alerts } from '../store/alerts.ts'
import { broker } from './broker.ts'

/**
 * The rule whose alert explains this one, so that nobody need be told of both: a device that is offline has silent
 * series, and without a broker nobody is heard.
 */
export function inhibitorOf({ condition, noData, device, room }: Alert, alerts: Pick<Alerts, 'open' | 'about'>): string | null {
  const isMissed = condition === 'silent' || noData === 1
  if (!isMissed && condition !== 'offline') return null
  if (alerts.open(broker, broker)?.state === 'firing') return broker
  if (!isMissed) return null
  for (const alert of alerts.about(device ?? `/${room}`).values()) {
    if (alert.condition === 'offline' && alert.state === 'firing') return alert.rule
  }
  return null
}
