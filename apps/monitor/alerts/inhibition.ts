import type { Alert } from '../rules/alert.ts'
import { broker, deaf } from '../rules/broker-machine.ts'
import type { Alerts } from '../store/alerts.ts'
import type { BackOnline } from './back-online.ts'

/**
 * The rule whose firing alert inhibits this one; null: none.
 * The alerts `broker` and `deaf` inhibit `offline`, `silent` and alerts of missing readings (`noData`).
 * An alert `offline` inhibits `silent` and `noData` of the same device.
 * If the device has just come back online, they stay inhibited until its series have had their whole timeout.
 */
export function inhibitorOf(
  { condition, noData, device, room, inhibited, window }: Alert,
  alerts: Pick<Alerts, 'open' | 'about'>,
  backOnline: Pick<BackOnline, 'since'>,
  at: number,
): string | null {
  const isMissing = condition === 'silent' || noData === 1
  if (!isMissing && condition !== 'offline') return null
  for (const link of [broker, deaf]) if (alerts.open(link, link)?.state === 'firing') return link
  if (!isMissing) return null
  const owner = device ?? `/${room}`
  for (const alert of alerts.about(owner).values()) {
    if (alert.condition === 'offline' && alert.state === 'firing') return alert.rule
  }
  return at - backOnline.since(owner) < (window ?? 0) ? inhibited : null
}
