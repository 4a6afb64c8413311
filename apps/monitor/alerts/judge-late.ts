import type { NotificationQueue } from '../notify/enqueue.ts'
import { type Alert, newAlert } from '../rules/alert.ts'
import { boundOf, crossed } from '../rules/limits.ts'
import { judge, ok, type State } from '../rules/machine.ts'
import { silencedUntil } from '../rules/when-to-notify.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Silences } from '../store/silences.ts'
import { isInNoRuleBand, type Rulebook, type Series, type SeriesRule } from './rulebook.ts'

/** By so much (ms) the time of a reading, by our clock, may be off: what the network takes differs from one packet to the next. */
const blur = 5000

export interface LateJudgeOptions {
  alerts: Alerts
  rulebook: Rulebook
  silences: Pick<Silences, 'active'>
  notificationQueue: Pick<NotificationQueue, 'enqueueLateAlert'>
}

/**
 * What the record says of times that have been judged already, or are long over. The present is not touched: a crossing
 * that no alert of its rule and series covers becomes an alert that is history from the start, and is told in a digest.
 *
 * Rules that need more than one reading (`for`, `rises`, `falls`) run a machine of their own over what comes late, in the
 * order in which it comes. Its state is in memory: what began before a restart of the monitor or a change of the rules,
 * and had not lasted long enough until then, is judged by its rest alone. Readings that stay away are never judged late.
 */
export function createLateJudge({ alerts, rulebook, silences, notificationQueue }: LateJudgeOptions) {
  const states = new Map<string, State>()
  let version = rulebook.version

  /** @returns by how much the limit is crossed now, where that has lasted as long as the rule wants, and since when */
  function crossing({ subject }: Series, { rule, limits }: SeriesRule, value: number, at: number): { value: number; since: number } | null {
    if (limits.for === 0 && limits.window === 0) return crossed(limits, value) === null ? null : { value, since: at }
    const key = `${rule.name}\0${subject}`
    const before = states.get(key)
    if (before === undefined && limits.window === 0 && crossed(limits, value) === null) return null
    const [after] = judge(limits, before ?? ok, { kind: 'reading', value, at })
    if (after.phase === 'ok' && after.points.length === 0) states.delete(key)
    else states.set(key, after)
    const measured = limits.window === 0 ? value : Math.abs(value - (after.points[0]?.[1] ?? value))
    return after.phase === 'firing' && crossed(limits, measured) !== null ? { value: measured, since: after.since } : null
  }

  /** An alert that tells of it already, or will. */
  function cover(rule: string, subject: string, at: number, near: number): Alert | undefined {
    const open = alerts.open(rule, subject)
    if (open && open.started <= at + near) return open
    return alerts.covering(rule, subject, at - near, at + near)
  }

  /** Nobody is told of what was silenced when it was; whether that silence has ended since makes no difference. */
  function tell(alert: Alert, at: number): void {
    const then = silences.active(at).filter(({ from }) => from <= at)
    if (silencedUntil(alert, then) === null) notificationQueue.enqueueLateAlert(alert, at)
  }

  return {
    /** @param interval ms between two readings: an alert that begins or ends about so near covers it, too */
    reading(series: Series, value: number, at: number, interval: number): void {
      if (version !== rulebook.version) states.clear()
      version = rulebook.version
      if (states.size === 0 && isInNoRuleBand(series, value)) return
      for (const one of series.rules) {
        const found = crossing(series, one, value, at)
        if (found === null) continue
        const { rule, limits } = one
        const side = crossed(limits, found.value)
        if (side === null) continue
        const alert = cover(rule.name, series.subject, at, interval + blur)
        if (alert === undefined) {
          const { name, severity, channels, message } = rule
          const about = {
            ...series.name,
            rule: name,
            subject: series.subject,
            severity,
            channels,
            message: message ?? null,
            condition: side,
          }
          const measured = { value: found.value, bound: boundOf(limits, side), window: limits.window || null }
          const when = { state: 'resolved', started: found.since, fired: at, resolved: at, late: 1 } as const
          tell(alerts.start(newAlert({ ...about, ...measured, ...when })), at)
        } else if (alert.late === 1) {
          const worst = (side === 'below' ? Math.min : Math.max)(found.value, alert.value ?? found.value)
          tell(alerts.extendLate(alert.id, at, worst), at)
        }
      }
    },

    /** After a rollback: nothing of it has happened, and all of it comes again. */
    rolledBack: () => states.clear(),
  }
}
