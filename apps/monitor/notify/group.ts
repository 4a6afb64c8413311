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
  /** Oldest first; of one recipient and severity. */
  rows: Rows
}

export interface Plan {
  /** What goes out now, the most urgent first. */
  go: Batch[]
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

/**
 * Which messages of one channel go out now. A group waits a moment for what belongs together, then sends at most one
 * new message per interval; what has been tried before goes out again as the same message with the same rows, when it
 * is due; a summary goes alone.
 * @param waiting of one channel, oldest first
 * @param lastTries when each group last got a new message, ms
 */
export function plan(waiting: readonly Waiting[], lastTries: ReadonlyMap<string, number>, now: number, pace: Pace): Plan {
  const go: Batch[] = []
  const dues: number[] = []

  function consider(batch: Batch, due: number): void {
    if (due <= now) go.push(batch)
    else dues.push(due)
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
  const groups = Map.groupBy(
    fresh.filter(({ kind }) => kind !== 'summary'),
    groupOf,
  )
  for (const [group, rows] of groups) {
    if (!isSome(rows)) continue
    const { created, severity } = rows[0]
    const last = lastTries.get(group) ?? Number.NEGATIVE_INFINITY
    // What lies ahead of us stems from before a clock was set back, and is not waited for.
    const gathered = created > now ? now : created + pace.wait
    const spaced = last > now ? now : last + pace.interval
    const atOnce = severity === 'critical' && rows.length <= fewCritical
    consider({ message: null, rows }, atOnce ? gathered : Math.max(gathered, spaced))
  }

  go.sort(({ rows: [a] }, { rows: [b] }) => urgency[a.severity] - urgency[b.severity] || a.id - b.id)
  return { go, again: dues.length > 0 ? Math.min(...dues) : undefined }
}

function isSome(rows: Waiting[]): rows is [Waiting, ...Waiting[]] {
  return rows.length > 0
}
