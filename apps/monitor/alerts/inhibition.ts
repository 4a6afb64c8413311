import type { Alert } from '../rules/alert.ts'
import { broker } from '../rules/broker-machine.ts'
import type { Alerts } from '../store/alerts.ts'
import type { BackOnline } from './back-online.ts'

/**
 * The rule whose alert explains this one, so that nobody need be told of both: a device that is offline has silent
 * series, and without a broker nobody is heard. A device that has just come back explains it as long as readings may
 * stay away, since it has had no time for them.
 */
export function inhibitorOf(
  { condition, noData, device, room, inhibited, window }: Alert,
  alerts: Pick<Alerts, 'open' | 'about'>,
  backOnline: Pick<BackOnline, 'since'>,
  at: number,
): string | null {
  const isMissed = condition === 'silent' || noData === 1
  if (!isMissed && condition !== 'offline') return null
  if (alerts.open(broker, broker)?.state === 'firing') return broker
  if (!isMissed) return null
  const owner = device ?? `/${room}`
  for (const alert of alerts.about(owner).values()) {
    if (alert.condition === 'offline' && alert.state === 'firing') return alert.rule
  }
  return at - backOnline.since(owner) < (window ?? 0) ? inhibited : null
}
