import { type Alert, newAlert } from '../rules/alert.ts'
import { boundOf, crossed, type Limits, type Side } from '../rules/limits.ts'
import { type Effect, type Input, judge, ok, type State } from '../rules/machine.ts'
import { observe, pendingDeadline, seriesTimeout, silentSince } from '../rules/rhythm.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Devices } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { SeriesRhythm, SeriesStates } from '../store/series-state.ts'
import type { WindowExtremes } from '../store/window-extremes.ts'
import type { BackOnline } from './back-online.ts'
import { isInNoRuleBand, type Rulebook, type Series, type SeriesRule, subjectOf } from './rulebook.ts'
import type { Transitions } from './transitions.ts'

/** ms */
const justBegun = 15_000

export interface SeriesJudgeOptions {
  alerts: Alerts
  seriesStates: SeriesStates
  windowExtremes: WindowExtremes
  devices: Pick<Devices, 'get'>
  rulebook: Rulebook
  transitions: Transitions
  backOnline: BackOnline
}

/** Runs the machines of a series on its readings, and on their absence. */
export function createSeriesJudge({
  alerts,
  seriesStates,
  windowExtremes,
  devices,
  rulebook,
  transitions,
  backOnline,
}: SeriesJudgeOptions) {
  function stateOf({ rule, limits }: SeriesRule, { subject }: Series, alert: Alert | undefined): State {
    const points = limits.window > 0 ? windowExtremes.get(rule.name, subject, limits.condition === 'rises') : ok.points
    if (alert === undefined) return points.length === 0 ? ok : { ...ok, points }
    const { state: phase, started: since, value, well } = alert
    return phase === 'resolved' ? ok : { phase, side: sideOf(alert), since, value, well, points }
  }

  function step(series: Series, one: SeriesRule, input: Input, missingFor: number | null = null): void {
    const { rule, limits } = one
    const alert = alerts.open(rule.name, series.subject)
    const before = stateOf(one, series, alert)
    const [after, effect] = judge(limits, before, input)
    if (after.points !== before.points) windowExtremes.set(rule.name, series.subject, limits.condition === 'rises', after.points)
    if (effect) take(series, one, alert, after, effect, input.at, missingFor)
    else if (alert && after.phase === 'pending' && after.side !== before.side)
      alerts.save(Object.assign(alert, reasonOf(limits, after.side), { started: after.since, value: after.value }))
    else if (alert && (after.since !== before.since || after.well !== before.well))
      alerts.save(Object.assign(alert, { started: after.since, well: after.well }))
  }

  function take(
    series: Series,
    { rule, limits }: SeriesRule,
    alert: Alert | undefined,
    { side, since, well }: State,
    { step, value }: Effect,
    at: number,
    missingFor: number | null,
  ): void {
    const begun = alert ?? newAlert({ ...aboutOf(series, rule, limits), state: 'pending', started: since })
    switch (step) {
      case 'pending':
        return void transitions.saveAndNotify(Object.assign(begun, reasonOf(limits, side), { value }), at)
      case 'fire': {
        const isMissing = side === null && limits.condition !== 'silent'
        const reason = { ...reasonOf(limits, side), ...(missingFor === null ? {} : { window: missingFor }), noData: isMissing ? 1 : 0 }
        // Whoever has seen the doubt has not seen what came of it.
        const fired = { state: 'firing', fired: at, started: since, value, acknowledged: null }
        return void transitions.saveAndNotify(Object.assign(begun, reason, fired), at)
      }
    }
    if (alert === undefined) return
    switch (step) {
      case 'cancel':
        return transitions.cancel(alert, at)
      case 'switch':
      case 'refire': {
        const hadNone = alert.noData === 1
        const isBeyond = value !== null && crossed(limits, value) !== null
        if (isBeyond) Object.assign(alert, reasonOf(limits, side), { value, noData: 0 })
        Object.assign(alert, { state: 'firing', well: null })
        return hadNone && isBeyond ? transitions.renotify(alert, at) : void transitions.saveAndNotify(alert, at)
      }
      case 'recover':
        return void transitions.saveAndNotify(Object.assign(alert, { state: 'recovering', well }), at)
      case 'resolve':
        return transitions.resolve(alert, at, value)
    }
  }

  /** A device says what it measures and where: what it has measured elsewhere is not expected any more. */
  function isExpected({ name, owner }: Series): boolean {
    const device = devices.get(owner)
    if (device === undefined) return false
    if (device.info === null || device.room === name.room) return true
    return device.info.readings.some(({ topic }) => topic === `home/${name.room}/${name.quantity}`)
  }

  /** For how long (ms) this rule has missed the series now; null: it does not. */
  function missedFor(
    { rule, limits }: SeriesRule,
    { owner }: Series,
    rhythm: SeriesRhythm,
    listeningSince: number,
    at: number,
  ): number | null {
    const allowed = seriesTimeout(rule, rhythm)
    if (allowed === null) return null
    const heard = silentSince(rhythm.at, listeningSince, at)
    if (limits.condition !== 'silent') return at - heard >= allowed ? allowed : null
    // Whoever is known to be offline is silent, of course; when it is back it has time to say its readings.
    if (devices.get(owner)?.status === 'offline') return null
    return at - Math.max(heard, backOnline.since(owner)) >= allowed ? allowed : null
  }

  const isWithinRules = (series: Series, value: number) => isInNoRuleBand(series, value) && alerts.about(series.subject).size === 0

  /** When a doubt becomes an alert without another reading, ms; null: it does not. */
  function deadlineOf({ rule, limits }: SeriesRule, alert: Alert | undefined, rhythm: SeriesRhythm | undefined): number | null {
    if (alert?.state !== 'pending' || limits.window > 0 || rhythm === undefined) return null
    return pendingDeadline(rule, alert.started, limits.for, rhythm)
  }

  return {
    /** A reading that moves the machines. */
    reading(series: Series, value: number, at: number): void {
      const { subject } = series
      const before = seriesStates.get(subject)
      seriesStates.set(subject, observe(before, at))
      // What is well and stays well: this is nearly every reading, and costs nothing however many rules there are.
      if (isWithinRules(series, value)) return
      const open = alerts.about(subject)
      for (const one of series.rules) {
        if (one.limits.window === 0 && !open.has(one.rule.name) && crossed(one.limits, value) === null) continue
        const deadline = deadlineOf(one, open.get(one.rule.name), before)
        if (deadline !== null && deadline <= at) step(series, one, { kind: 'unchanged', at: deadline })
        step(series, one, { kind: 'reading', value, at })
      }
    },

    /** Whether this reading changes nothing but the rhythm of its series. */
    isWithinRules: (name: SeriesName, value: number): boolean => isWithinRules(rulebook.series(subjectOf(name), name), value),

    /** Whether this reading makes an alert fire or ends one. */
    changesAlert(name: SeriesName, value: number, at: number): boolean {
      const series = rulebook.series(subjectOf(name), name)
      if (isWithinRules(series, value)) return false
      const open = alerts.about(series.subject)
      return series.rules.some((one) => {
        const alert = open.get(one.rule.name)
        if (one.limits.window === 0 && alert === undefined && crossed(one.limits, value) === null) return false
        const [, effect] = judge(one.limits, stateOf(one, series, alert), { kind: 'reading', value, at })
        return effect?.step === 'fire' || effect?.step === 'resolve'
      })
    },

    /** What changes because readings stay away. @param listeningSince since when we can hear, ms */
    *due(at: number, listeningSince: number): Generator<() => void> {
      for (const [subject, rhythm] of seriesStates.all()) {
        const series = rulebook.series(subject)
        const open = alerts.about(subject)
        for (const one of open.size > 0 ? series.rules : series.missing) {
          const alert = open.get(one.rule.name)
          if (alert === undefined ? one.limits.noData !== 'alert' : alert.state === 'firing') continue
          const deadline = deadlineOf(one, alert, rhythm)
          // Where we have only just begun to hear, the sensor may have said otherwise meanwhile, and will say so again.
          if (deadline !== null && at >= Math.max(deadline, listeningSince + justBegun)) {
            yield () => step(series, one, { kind: 'unchanged', at: deadline })
            continue
          }
          const missing = missedFor(one, series, rhythm, listeningSince, at)
          if (missing === null || (alert === undefined && !isExpected(series))) continue
          const input = { kind: 'missing', at } as const
          if (judge(one.limits, stateOf(one, series, alert), input)[1]) yield () => step(series, one, input, missing)
        }
      }
    },
  }
}

/** On which side an alert that is open has crossed. */
function sideOf({ noData, condition }: Alert): Side | null {
  if (noData === 1) return null
  return condition === 'above' || condition === 'below' || condition === 'rises' || condition === 'falls' ? condition : null
}

function reasonOf(limits: Limits, side: Side | null) {
  if (side !== null) return { condition: side, bound: boundOf(limits, side), window: limits.window || null }
  const { condition } = limits
  return {
    condition: condition === 'outside' ? 'above' : condition,
    bound: condition === 'silent' ? null : boundOf(limits, condition === 'below' ? 'below' : 'above'),
    window: limits.window || null,
  } as const
}

function aboutOf({ subject, name }: Series, { name: rule, severity, channels, message }: SeriesRule['rule'], limits: Limits) {
  return { ...name, ...reasonOf(limits, null), rule, subject, severity, channels, message: message ?? null }
}
