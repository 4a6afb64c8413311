import { type Alert, type NewAlert, newAlert } from '../rules/alert.ts'
import { boundOf, crossed, type Limits, peakOf, type Side } from '../rules/limits.ts'
import { type Effect, type Input, judge, ok, type State } from '../rules/machine.ts'
import type { Alerts } from '../store/alerts.ts'
import type { WindowExtremes } from '../store/window-extremes.ts'
import type { AlertRate } from './alert-rate.ts'
import type { Series, SeriesRule } from './rulebook.ts'
import type { Transitions } from './transitions.ts'

export interface SeriesMachineOptions {
  alerts: Alerts
  windowExtremes: WindowExtremes
  transitions: Transitions
  rate: Pick<AlertRate, 'begin'>
}

/** The alert machine of a rule and a series. Its state is the open alert; its steps are written to that alert. */
export function createSeriesMachine({ alerts, windowExtremes, transitions, rate }: SeriesMachineOptions) {
  function stateOf({ rule, limits }: SeriesRule, { subject }: Series, alert: Alert | undefined): State {
    const points = limits.window > 0 ? windowExtremes.get(rule.name, subject, limits.condition === 'rises') : ok.points
    if (alert === undefined) return points.length === 0 ? ok : { ...ok, points }
    const { state: phase, started: since, value, well: recoveringSince } = alert
    return phase === 'resolved' ? ok : { phase, side: sideOf(alert), since, value, recoveringSince, points }
  }

  function write(
    series: Series,
    seriesRule: SeriesRule,
    alert: Alert | undefined,
    { side, since, recoveringSince }: State,
    { step, value }: Effect,
    at: number,
    timeout: number | null,
  ): void {
    const { limits } = seriesRule
    const begun = alert ?? newAlert({ ...aboutSeries(series, seriesRule, null), state: 'pending', started: since })
    switch (step) {
      case 'pending':
        return void transitions.saveAndNotify(
          Object.assign(begun, reasonOf(limits, side), { value, peak: firstPeak(side, begun, value) }),
          at,
        )
      case 'fire': {
        if (!rate.begin(series.name, at)) return
        const isMissing = side === null && limits.condition !== 'silent'
        const reason = { ...reasonOf(limits, side), ...(timeout === null ? {} : { window: timeout }), noData: isMissing ? 1 : 0 }
        // Acknowledging a pending alert does not acknowledge that it fires.
        const peak = firstPeak(side, begun, value)
        const fired = { state: 'firing', fired: at, started: since, value, peak, acknowledged: null }
        return void transitions.saveAndNotify(Object.assign(begun, reason, fired), at)
      }
    }
    if (alert === undefined) return
    switch (step) {
      case 'cancel':
        return transitions.cancel(alert, at)
      case 'switch':
      case 'refire': {
        const wasMissing = alert.noData === 1
        const isBeyond = value !== null && crossed(limits, value) !== null
        if (isBeyond) Object.assign(alert, reasonOf(limits, side), { value, peak: firstPeak(side, alert, value), noData: 0 })
        Object.assign(alert, { state: 'firing', well: null })
        return wasMissing && isBeyond ? transitions.renotify(alert, at) : void transitions.saveAndNotify(alert, at)
      }
      case 'recover':
        return void transitions.saveAndNotify(Object.assign(alert, { state: 'recovering', well: recoveringSince }), at)
      case 'resolve':
        return transitions.resolve(alert, at, value)
    }
  }

  return {
    /** The step that an input would lead to; null: none. Writes nothing. */
    preview: (series: Series, seriesRule: SeriesRule, alert: Alert | undefined, input: Input): Effect | null =>
      judge(seriesRule.limits, stateOf(seriesRule, series, alert), input)[1],

    /** @param timeout of the series, if readings are missing, ms */
    run(series: Series, seriesRule: SeriesRule, input: Input, timeout: number | null = null): void {
      const { rule, limits } = seriesRule
      const alert = alerts.open(rule.name, series.subject)
      const before = stateOf(seriesRule, series, alert)
      const [after, effect] = judge(limits, before, input)
      if (after.points !== before.points) windowExtremes.set(rule.name, series.subject, limits.condition === 'rises', after.points)
      const isNewPeak = alert !== undefined && raisesPeak(alert, limits, input)
      if (effect) write(series, seriesRule, alert, after, effect, input.at, timeout)
      else if (alert && after.phase === 'pending' && after.side !== before.side)
        alerts.save(Object.assign(alert, reasonOf(limits, after.side), { started: after.since, value: after.value, peak: after.value }))
      else if (alert && (after.since !== before.since || after.recoveringSince !== before.recoveringSince))
        alerts.save(Object.assign(alert, { started: after.since, well: after.recoveringSince }))
      else if (alert && isNewPeak) alerts.save(alert)
    },
  }
}

/** The peak of an alert that begins now on this side, or goes on there. */
function firstPeak(side: Side | null, { condition, peak }: NewAlert, value: number | null): number | null {
  return value === null ? peak : peakOf(side, condition === side ? peak : null, value)
}

/** Notes a reading that is further beyond the limit than all before. @returns true if it is */
function raisesPeak(alert: Alert, limits: Limits, input: Input): boolean {
  const side = sideOf(alert)
  if (input.kind !== 'reading' || limits.window > 0 || crossed(limits, input.value) !== side) return false
  const peak = peakOf(side, alert.peak, input.value)
  if (peak === alert.peak) return false
  alert.peak = peak
  return true
}

/** The limit that an open alert has crossed; null: readings are missing. */
function sideOf({ noData, condition }: Alert): Side | null {
  if (noData === 1) return null
  return condition === 'above' || condition === 'below' || condition === 'rises' || condition === 'falls' ? condition : null
}

function reasonOf(limits: Limits, side: Side | null) {
  const window = limits.window || null
  if (side !== null) return { condition: side, bound: boundOf(limits, side), window }
  const { condition } = limits
  return {
    condition: condition === 'outside' ? 'above' : condition,
    bound: condition === 'silent' ? null : boundOf(limits, condition === 'below' ? 'below' : 'above'),
    window,
  } as const
}

/** The fields of an alert of this rule about this series. */
export function aboutSeries(
  { subject, name }: Series,
  { rule: { name: rule, title, severity, channels, message }, limits }: SeriesRule,
  side: Side | null,
) {
  return { ...name, ...reasonOf(limits, side), rule, title: title ?? null, subject, severity, channels, message: message ?? null }
}
