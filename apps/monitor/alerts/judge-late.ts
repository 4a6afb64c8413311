import type { NotificationQueue } from '../notify/enqueue.ts'
import { type Alert, newAlert } from '../rules/alert.ts'
import { crossed, peakOf, type Side } from '../rules/limits.ts'
import { judge, ok, type State } from '../rules/machine.ts'
import { silencedUntil } from '../rules/when-to-notify.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Silences } from '../store/silences.ts'
import type { AlertRate } from './alert-rate.ts'
import { isInNoRuleBand, type Rulebook, type Series, type SeriesRule } from './rulebook.ts'
import { aboutSeries } from './series-machine.ts'

/** Error of a reading's time by the monitor's clock, because the network delay varies. ms */
const timeError = 5000

export interface LateJudgeOptions {
  alerts: Alerts
  rulebook: Rulebook
  silences: Pick<Silences, 'active'>
  notificationQueue: Pick<NotificationQueue, 'enqueueLateAlert'>
  rate: AlertRate
}

interface Crossing {
  side: Side
  value: number
  since: number
}

/**
 * Judges late readings: those of the record that are too old to be current, or older than a reading that was judged.
 *
 * A late reading never changes a current alert. If no alert of its rule and series covers a crossing, the crossing
 * becomes a resolved alert, and a digest reports it. Missing readings are not judged late.
 *
 * Rules that need several readings (`for`, `rises`, `falls`) run a machine of their own over late readings, in the order of arrival.
 * Its state is in memory only. After a restart or a change of the rules, it begins again.
 */
export function createLateJudge({ alerts, rulebook, silences, notificationQueue, rate }: LateJudgeOptions) {
  const states = new Map<string, State>()
  let version = rulebook.version

  /** The crossing at this reading, if it has lasted for the rule's `for`. */
  function crossingAt({ subject }: Series, { rule, limits }: SeriesRule, value: number, at: number): Crossing | null {
    const side = crossed(limits, value)
    if (limits.for === 0 && limits.window === 0) return side && { side, value, since: at }
    const key = `${rule.name}\0${subject}`
    const before = states.get(key)
    if (before === undefined && limits.window === 0 && side === null) return null
    const [after] = judge(limits, before ?? ok, { kind: 'reading', value, at })
    if (after.phase === 'ok' && after.points.length === 0) states.delete(key)
    else states.set(key, after)
    if (after.phase !== 'firing') return null
    const measured = limits.window === 0 ? value : Math.abs(value - (after.points[0]?.[1] ?? value))
    const measuredSide = crossed(limits, measured)
    return measuredSide && { side: measuredSide, value: measured, since: after.since }
  }

  /** An alert that begins, ends or lasts within `tolerance` (ms) of this time. */
  function coveringAlert(rule: string, subject: string, at: number, tolerance: number): Alert | undefined {
    const open = alerts.open(rule, subject)
    if (open && open.started <= at + tolerance) return open
    return alerts.covering(rule, subject, at - tolerance, at + tolerance)
  }

  /** Only silences of that time count, also if they have ended since. */
  function notify(alert: Alert, at: number): void {
    const then = silences.active(at).filter(({ from }) => from <= at)
    if (silencedUntil(alert, then) === null) notificationQueue.enqueueLateAlert(alert, at)
  }

  return {
    /**
     * @param interval ms between two readings; an alert that begins or ends so near to the reading covers it
     * @param arrival time of arrival, ms
     */
    reading(series: Series, value: number, at: number, interval: number, arrival: number): void {
      if (version !== rulebook.version) states.clear()
      version = rulebook.version
      if (states.size === 0 && isInNoRuleBand(series, value)) return
      for (const seriesRule of series.rules) {
        const crossing = crossingAt(series, seriesRule, value, at)
        if (crossing === null) continue
        const { side, value: measured, since: started } = crossing
        const alert = coveringAlert(seriesRule.rule.name, series.subject, at, interval + timeError)
        if (alert === undefined && rate.begin(series.name, arrival)) {
          const past = {
            value: measured,
            peak: peakOf(side, null, measured),
            state: 'resolved',
            started,
            fired: at,
            resolved: at,
            late: 1,
          } as const
          notify(alerts.start(newAlert({ ...aboutSeries(series, seriesRule, side), ...past })), at)
          continue
        }
        // A sender that crosses its limits too often gets one long alert.
        const extended = alert ?? alerts.lastLate(seriesRule.rule.name, series.subject, at)
        if (extended?.late !== 1) continue
        const worst = (side === 'below' ? Math.min : Math.max)(measured, extended.value ?? measured)
        notify(alerts.extendLate(extended.id, at, { value: worst, peak: peakOf(side, extended.peak, measured) }), at)
      }
    },

    /** After a rollback, the sensor sends the readings again. */
    rolledBack: () => states.clear(),
  }
}
