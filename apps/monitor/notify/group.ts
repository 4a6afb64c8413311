import type { Severity } from '@hearthwatch/api/severity'
import type { Waiting } from '../store/notifications.ts'

export interface Pace {
  /** How long the oldest row of a group waits for others, ms. */
  wait: number
  /** Between two new messages of one group, ms. */
  interval: number
}

type Rows = readonly [Waiting, ...Waiting[]]

/** Rows that go out as one message; under the id of an earlier try where they have one. */
export interface Batch {
  message: string | null
  /** Oldest first; of one recipient, and of one severity unless quiet hours have held them back. */
  rows: Rows
}

export interface Plan {
  /** What goes out now, the most urgent first. */
  go: Batch[]
  /** What was over before anybody would have been told: nobody is. */
  over: Waiting[]
  /** What quiet hours hold back from now on. */
  hold: Waiting[]
  /** When to look again, ms; undefined: not before something new comes. */
  again: number | undefined
}

/** So many critical rows may each come at once; where more wait at the same time, they are held together like others. */
const fewCritical = 5
/** No retry is planned further ahead, ms: what seems to be was planned by a clock that has been set back since. */
const furthest = 2 * 3_600_000

const urgency = { critical: 0, warning: 1, info: 2 }

/** Who is told what in which tone: such rows go into one message. */
export function groupOf({ recipient, severity }: Pick<Waiting, 'recipient' | 'severity'>): string {
  return `${severity} ${recipient}`
}

/** The most severe of them. */
export function severityOf(rows: Rows): Severity {
  return rows.reduce((most, { severity }) => (urgency[severity] < urgency[most] ? severity : most), rows[0].severity)
}

/**
 * Which messages of one channel go out now. A group waits a moment for what belongs together, then sends at most one
 * new message per interval; what has been tried before goes out again as the same message with the same rows, when it
 * is due; a summary goes alone. Quiet hours hold back all that is not critical; what they have held back goes out in one
 * message to each person when they end.
 * @param waiting of one channel, oldest first
 * @param lastTries when each group last got a new message, ms
 * @param quiet until when these are quiet hours, ms; null: they are not
 */
export function plan(
  waiting: readonly Waiting[],
  lastTries: ReadonlyMap<string, number>,
  now: number,
  pace: Pace,
  quiet: number | null = null,
): Plan {
  const go: Batch[] = []
  const over: Waiting[] = []
  const hold: Waiting[] = []
  const dues: number[] = []

  function consider(batch: Batch, due: number): void {
    if (due > now) dues.push(due)
    else if (quiet === null || severityOf(batch.rows) === 'critical') go.push(batch)
    else {
      hold.push(...batch.rows.filter(({ held }) => held !== quiet))
      dues.push(quiet)
    }
  }

  function gather(group: string, rows: Waiting[]): void {
    if (!isSome(rows)) return
    const due = dueOf(rows, lastTries.get(group), now, pace)
    const early = overBefore(rows, due)
    if (early.length === 0) return consider({ message: null, rows }, due)
    over.push(...early)
    const gone = new Set(early)
    gather(
      group,
      rows.filter((row) => !gone.has(row)),
    )
  }

  const tried = Map.groupBy(
    waiting.filter(({ message }) => message !== null),
    ({ message }) => message,
  )
  for (const [message, rows] of tried) {
    if (!isSome(rows)) continue
    const { next } = rows[0]
    consider({ message, rows }, next > now + furthest ? now : next)
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

  go.sort(({ rows: a }, { rows: b }) => urgency[severityOf(a)] - urgency[severityOf(b)] || a[0].id - b[0].id)
  return { go, over, hold, again: dues.length > 0 ? Math.min(...dues) : undefined }
}

/** When new rows of a group go out. */
function dueOf(rows: Rows, lastTry: number | undefined, now: number, { wait, interval }: Pace): number {
  const { created, severity } = rows[0]
  const last = lastTry ?? Number.NEGATIVE_INFINITY
  // What lies ahead of us stems from before a clock was set back, and is not waited for.
  const gathered = created > now ? now : created + wait
  const spaced = last > now ? now : last + interval
  const atOnce = severity === 'critical' && rows.length <= fewCritical
  return atOnce ? gathered : Math.max(gathered, spaced)
}

/**
 * All rows of the alerts that were over before they would have been told; where something else than our own pace kept
 * us from telling in time, such as a mail server that was down, people hear of both.
 */
function overBefore(rows: Rows, due: number): Waiting[] {
  const of = (transition: Waiting['transition'], until: number) =>
    new Set(rows.filter((row) => row.transition === transition && row.created < until).map(({ alert }) => alert))
  const over = of('resolved', due).intersection(of('firing', due))
  return rows.filter(({ alert }) => alert !== null && over.has(alert))
}

function isSome(rows: Waiting[]): rows is [Waiting, ...Waiting[]] {
  return rows.length > 0
}
