import type { Log } from '@hearthwatch/log'
import type { Alert, Severity } from '../store/alerts.ts'
import type { Content } from '../store/notifications.ts'
import type { Store } from '../store/store.ts'

const day = 24 * 3_600_000
/** The newest alerts are named; of the others only their number. */
const mostAlerts = 30

export interface SummaryOptions {
  store: Pick<Store, 'readings' | 'alerts' | 'transaction'>
  /** The local date that it is due on: there is one for each. */
  date: string
  now: number
  /** Adds a row for everyone to the notifications. */
  tell(event: string, content: Content, severity: Severity, created: number): void
  log: Log
}

/**
 * The last 24 hours, for everyone who gets alerts; skipped where there was nothing to measure.
 * @returns whether there is one
 */
export function sendSummary({ store, date, now, tell, log }: SummaryOptions): boolean {
  const from = now - day
  const rooms = store.readings.summary(from, now)
  if (rooms.length === 0) {
    log.info('no daily summary: there were no readings in the last 24 hours', { date })
    return false
  }
  const alerts = store.alerts.list({}).filter((alert) => isOf(alert, from, now))
  const content: Content = {
    kind: 'summary',
    date,
    from,
    to: now,
    rooms,
    alerts: alerts.slice(0, mostAlerts),
    more: Math.max(0, alerts.length - mostAlerts),
  }
  store.transaction(() => tell(`summary/${date}`, content, 'info', now))
  log.info('the daily summary is on its way', { date, rooms: new Set(rooms.map(({ room }) => room)).size, alerts: alerts.length })
  return true
}

/** It was on at some time of the span. */
function isOf({ fired, resolved }: Alert, from: number, to: number): boolean {
  return fired !== null && fired < to && (resolved === null || resolved >= from)
}
