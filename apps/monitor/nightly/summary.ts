import type { Severity } from '@hearthwatch/api/severity'
import type { Log } from '@hearthwatch/log'
import { byImportance } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'
import type { Alert } from '../rules/alert.ts'
import { compareRooms } from '../store/labels.ts'
import type { Absent, Alive, Budget, Content, Missing, SummaryRow } from '../store/notifications.ts'
import type { Store } from '../store/store.ts'
import { silentFor } from './silent-time.ts'

/** Most alerts that are listed; of the others the summary has the number. */
const mostAlerts = 30
/** A budget is mentioned from this used part on. */
const mentionFrom = 0.8

export interface SummaryOptions {
  store: Pick<Store, 'readings' | 'alerts' | 'devices' | 'records' | 'notifications' | 'labels' | 'transaction'>
  /** Local date of the summary; there is one for each date. */
  date: string
  now: number
  /** Adds a notification for every recipient. */
  enqueue(event: string, content: Content, severity: Severity, created: number): void
  /** Monthly budgets of the channels. */
  budgets?: readonly Budget[]
  /** Uptime and size of the monitor; included on Mondays. */
  alive?: () => Alive
  log: Log
}

/**
 * Enqueues the summary of the last 24 hours for every recipient of alerts. It is skipped if it would be empty.
 * @returns true if it was enqueued
 */
export function sendSummary({ store, date, now, enqueue, budgets = [], alive, log }: SummaryOptions): boolean {
  const from = now - day
  const rooms = rowsOf(store, from, now)
  const alerts = store.alerts.list({}).filter((alert) => isWithin(alert, from, now))
  const absent = absentSince(store, from)
  const missing = missingSince(store, from)
  const undelivered = store.notifications.undelivered(from, now)
  if ([rooms, alerts, absent, missing, undelivered].every(({ length }) => length === 0)) {
    log.info('no daily summary: the last 24 hours have no readings and no events', { date })
    return false
  }
  const isMonday = new Date(date).getUTCDay() === 1
  const content: Content = {
    kind: 'summary',
    date,
    from,
    to: now,
    rooms,
    alerts: alerts.slice(0, mostAlerts),
    more: Math.max(0, alerts.length - mostAlerts),
    absent,
    missing,
    undelivered,
    budgets: budgets.filter(({ used, perMonth }) => used >= perMonth * mentionFrom),
    ...(isMonday && alive ? { alive: alive() } : {}),
  }
  store.transaction(() => enqueue(`summary/${date}`, content, 'info', now))
  log.info('the daily summary is enqueued', { date, rooms: new Set(rooms.map(({ room }) => room)).size, alerts: alerts.length })
  return true
}

/** Rows in the order of the page, the most important quantity of a room first. */
function rowsOf(store: Pick<Store, 'readings' | 'labels'>, from: number, to: number): SummaryRow[] {
  const keyOf = ({ room, quantity }: { room: string; quantity: string }) => `${room}\0${quantity}`
  const before = new Map(store.readings.summary(from - day, from).map((row) => [keyOf(row), row.mean]))
  const compare = compareRooms(new Map(store.labels.all().map((label) => [label.room, label])))
  const rows = store.readings.summary(from, to).toSorted((a, b) => compare(a.room, b.room) || byImportance(a.quantity, b.quantity))
  return rows.map((row) => {
    const mean = before.get(keyOf(row))
    return { ...row, silent: silence(store, row, from, to), ...(mean === undefined ? {} : { before: mean }) }
  })
}

function silence(
  { readings }: Pick<Store, 'readings'>,
  { room, quantity }: Pick<SummaryRow, 'room' | 'quantity'>,
  from: number,
  to: number,
): number {
  const { points } = readings.range({ room, quantity, from, to }, day / (5 * minute) + 1)
  const before = readings.range({ room, quantity, from: from - 7 * day, to: from }, 1)
  return silentFor(points, from, to, before.points.length === 0)
}

/** True if it fired at some time of the span. */
function isWithin({ fired, resolved }: Alert, from: number, to: number): boolean {
  return fired !== null && fired < to && (resolved === null || resolved >= from)
}

/** Devices that were last seen before the span. */
function absentSince({ devices }: Pick<Store, 'devices'>, from: number): Absent[] {
  return [...devices.all()]
    .flatMap(({ room, id, seen }) => (seen !== null && seen < from ? [{ room, device: id, seen }] : []))
    .sort((a, b) => a.seen - b.seen)
}

/** Lost readings that were noticed since then. */
function missingSince({ records }: Pick<Store, 'records'>, from: number): Missing[] {
  const found = records.gaps().filter(({ noticed }) => noticed >= from)
  return [...Map.groupBy(found, ({ device }) => device)].map(([device, gaps]) => ({
    device,
    count: gaps.reduce((sum, { count }) => sum + count, 0),
  }))
}
