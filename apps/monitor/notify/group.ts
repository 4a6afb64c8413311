import { compareSeverity, type Severity } from '@hearthwatch/api/severity'
import { hour } from '@hearthwatch/protocol/durations'
import type { Waiting } from '../store/notifications.ts'

export interface Pace {
  /** How long the oldest row of a group waits for more rows. ms */
  wait: number
  /** Least time between two new messages of one group. ms */
  interval: number
}

type Rows = readonly [Waiting, ...Waiting[]]

/** Rows that are sent as one message. */
export interface Batch {
  /** The id of an earlier attempt; null: a new message. */
  message: string | null
  /** Oldest first; of one recipient, and of one severity unless quiet hours held them back. */
  rows: Rows
}

export interface Plan {
  /** Messages to send now, the most urgent first. */
  send: Batch[]
  /** Rows of alerts that resolved before their group was due; they are not sent. */
  drop: Waiting[]
  /** Rows that quiet hours hold back from now on. */
  hold: Waiting[]
  /** When to plan again, ms; undefined: when new rows arrive. */
  next: number | undefined
}

/** Up to this many critical rows are sent without the interval; more are grouped like others. */
const fewCritical = 5
/** No retry is planned further ahead. A later one was planned before the clock was set back. ms */
const furthestRetry = 2 * hour

/** Rows of the same group are sent in one message. */
export function groupOf({ recipient, severity, unproven }: Pick<Waiting, 'recipient' | 'severity' | 'unproven'>): string {
  return `${severity} ${recipient}${unproven ? ' unproven' : ''}`
}

/** Alerts of new rooms and devices that anyone can make up come last. */
const isUnproven = (rows: Rows) => rows.every(({ unproven }) => unproven === 1)

/** The highest severity of the rows. */
export function severityOf(rows: Rows): Severity {
  return rows.reduce((most, { severity }) => (compareSeverity(severity, most) > 0 ? severity : most), rows[0].severity)
}

/**
 * Plans which messages of one channel are sent now. A group waits a moment for more rows, then sends at most one new message
 * per interval. A retry is the same message with the same rows. A summary is always a message of its own. Quiet hours hold
 * back all rows that are not critical. When they end, each recipient gets one message with these rows.
 * @param waiting rows of one channel, oldest first
 * @param lastTries time of the last new message of each group, ms
 * @param quiet end of the current quiet hours, ms; null: outside of quiet hours
 */
export function plan(
  waiting: readonly Waiting[],
  lastTries: ReadonlyMap<string, number>,
  now: number,
  pace: Pace,
  quiet: number | null = null,
): Plan {
  const send: Batch[] = []
  const drop: Waiting[] = []
  const hold: Waiting[] = []
  const dues: number[] = []

  function consider(batch: Batch, due: number): void {
    if (due > now) dues.push(due)
    else if (quiet === null || severityOf(batch.rows) === 'critical') send.push(batch)
    else {
      hold.push(...batch.rows.filter(({ held }) => held !== quiet))
      dues.push(quiet)
    }
  }

  function gather(group: string, rows: Waiting[]): void {
    if (!isSome(rows)) return
    const due = dueOf(rows, lastTries.get(group), now, pace)
    const resolved = resolvedBefore(rows, due)
    if (resolved.length === 0) return consider({ message: null, rows }, due)
    drop.push(...resolved)
    const dropped = new Set(resolved)
    gather(
      group,
      rows.filter((row) => !dropped.has(row)),
    )
  }

  const tried = Map.groupBy(
    waiting.filter(({ message }) => message !== null),
    ({ message }) => message,
  )
  for (const [message, rows] of tried) {
    if (!isSome(rows)) continue
    const { next } = rows[0]
    consider({ message, rows }, next > now + furthestRetry ? now : next)
  }

  const fresh = waiting.filter(({ message }) => message === null)
  for (const row of fresh) if (row.kind === 'summary') consider({ message: null, rows: [row] }, now)
  const others = fresh.filter(({ kind }) => kind !== 'summary')
  const held = Map.groupBy(
    others.filter((row) => row.held !== null),
    ({ recipient }) => recipient,
  )
  for (const rows of held.values()) if (isSome(rows)) consider({ message: null, rows }, now)
  const groups = Map.groupBy(
    others.filter((row) => row.held === null),
    groupOf,
  )
  for (const [group, rows] of groups) gather(group, rows)

  send.sort(
    ({ rows: a }, { rows: b }) =>
      compareSeverity(severityOf(b), severityOf(a)) || Number(isUnproven(a)) - Number(isUnproven(b)) || a[0].id - b[0].id,
  )
  return { send, drop, hold, next: dues.length > 0 ? Math.min(...dues) : undefined }
}

/** When new rows of a group are sent. */
function dueOf(rows: Rows, lastTry: number | undefined, now: number, { wait, interval }: Pace): number {
  const { created, severity } = rows[0]
  const last = lastTry ?? Number.NEGATIVE_INFINITY
  // A time in the future is from before the clock was set back; it is not waited for.
  const gathered = created > now ? now : created + wait
  const spaced = last > now ? now : last + interval
  const atOnce = severity === 'critical' && rows.length <= fewCritical
  return atOnce ? gathered : Math.max(gathered, spaced)
}

/**
 * Rows of alerts that resolved before their group was due. If something else delayed them, such as a mail server that was
 * down, both messages are sent.
 */
function resolvedBefore(rows: Rows, due: number): Waiting[] {
  const of = (transition: Waiting['transition'], until: number) =>
    new Set(rows.filter((row) => row.transition === transition && row.created < until).map(({ alert }) => alert))
  const resolved = of('resolved', due).intersection(of('firing', due))
  return rows.filter(({ alert }) => alert !== null && resolved.has(alert))
}

function isSome(rows: Waiting[]): rows is [Waiting, ...Waiting[]] {
  return rows.length > 0
}
