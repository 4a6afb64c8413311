import { spelled } from '@hearthwatch/protocol'
import type { Alert } from '../rules/alert.ts'
import { crossed } from '../rules/limits.ts'
import { deviceTimeout } from '../rules/offline-machine.ts'
import { observe, pendingDeadline, type SeriesRhythm, seriesTimeout, silentSince } from '../rules/rhythm.ts'
import type { Alerts } from '../store/alerts.ts'
import type { Devices } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import { subjectOf } from '../store/readings/series-name.ts'
import type { SeriesStates } from '../store/series-state.ts'
import type { WindowExtremes } from '../store/window-extremes.ts'
import type { AlertRate } from './alert-rate.ts'
import type { BackOnline } from './back-online.ts'
import { createPauses, type Due } from './due.ts'
import { isInNoRuleBand, type Rulebook, type Series, type SeriesRule } from './rulebook.ts'
import { createSeriesMachine } from './series-machine.ts'
import type { Transitions } from './transitions.ts'

/** After the connection returns, a sensor has this time to publish a newer value before its last one counts. ms */
const justConnected = 15_000

const none: ReadonlySet<SeriesRule> = new Set()

export interface SeriesJudgeOptions {
  alerts: Alerts
  seriesStates: SeriesStates
  windowExtremes: WindowExtremes
  devices: Pick<Devices, 'get'>
  rulebook: Rulebook
  transitions: Transitions
  backOnline: BackOnline
  rate: AlertRate
}

/** Gives readings, and their absence, to the alert machines of a series. */
export function createSeriesJudge({
  alerts,
  seriesStates,
  windowExtremes,
  devices,
  rulebook,
  transitions,
  backOnline,
  rate,
}: SeriesJudgeOptions) {
  const machine = createSeriesMachine({ alerts, windowExtremes, transitions, rate })

  const isWithinRules = (series: Series, value: number) => isInNoRuleBand(series, value) && alerts.about(series.subject).size === 0

  /** True if a value may start, change or end an alert of this rule. */
  const isAffected = ({ limits }: SeriesRule, alert: Alert | undefined, value: number) =>
    limits.window > 0 || alert !== undefined || crossed(limits, value) !== null

  /** False if the device has moved: it no longer measures this quantity in this room. */
  function isExpected({ name, owner }: Series): boolean {
    const device = devices.get(owner)
    if (device === undefined) return false
    const { described } = device
    if (described !== null) return device.room === name.room && !described.isGone && !described.isIgnored && device.status !== 'unknown'
    if (device.info === null || device.room === name.room) return true
    return device.info.readings.some(({ topic }) => spelled(topic) === `home/${name.room}/${name.quantity}`)
  }

  /** The timeout of a series that is missing by this rule now, ms; null: it is not missing. */
  function missingTimeout(
    { rule, limits }: SeriesRule,
    { owner }: Series,
    rhythm: SeriesRhythm,
    listeningSince: number,
    at: number,
  ): number | null {
    const learnt = seriesTimeout(rule, rhythm)
    if (learnt === null) return null
    const device = devices.get(owner)
    // A device of others that sleeps states for how long; its values may stay the same for much longer.
    const timeout = device?.described ? Math.max(learnt, deviceTimeout(device, learnt) ?? learnt) : learnt
    const since = silentSince(rhythm.at, listeningSince, at)
    if (limits.condition !== 'silent') return at - since >= timeout ? timeout : null
    // A device that is offline has silent series. When it is back, they have their whole timeout to send readings.
    if (device?.status === 'offline') return null
    return at - Math.max(since, backOnline.since(owner)) >= timeout ? timeout : null
  }

  /** The time at which a pending alert fires without another reading, ms; null: it does not. */
  function deadlineOf({ rule, limits }: SeriesRule, alert: Alert | undefined, rhythm: SeriesRhythm | undefined): number | null {
    if (alert?.state !== 'pending' || limits.window > 0 || rhythm === undefined) return null
    return pendingDeadline(rule, alert.started, limits.for, rhythm)
  }

  /** The rules whose open alert this reading would end, or bring nearer to its end. */
  function endedBy(series: Series, value: number, at: number): ReadonlySet<SeriesRule> {
    const open = alerts.about(series.subject)
    if (open.size === 0) return none
    const ending = series.rules.filter((seriesRule) => {
      const alert = open.get(seriesRule.rule.name)
      if (alert === undefined || !isAffected(seriesRule, alert, value)) return false
      const step = machine.preview(series, seriesRule, alert, { kind: 'reading', value, at })?.step
      return step === 'resolve' || step === 'recover' || step === 'cancel'
    })
    return new Set(ending)
  }

  return {
    /**
     * Judges a reading that is later than all judged before.
     * @param endsNothing true: an alert that it would end is left as it is, for the same reading in a batch
     * @returns false if it would have ended an alert
     */
    reading(series: Series, value: number, at: number, endsNothing = false): boolean {
      const { subject } = series
      const before = seriesStates.get(subject)
      const left = endsNothing ? endedBy(series, value, at) : none
      // The batch brings the reading again, and is judged from the last observed one on.
      if (left.size === 0) seriesStates.set(subject, observe(before, at))
      // Nearly every reading ends here, so its cost does not depend on the number of rules.
      if (isWithinRules(series, value)) return true
      const open = alerts.about(subject)
      for (const seriesRule of series.rules) {
        const alert = open.get(seriesRule.rule.name)
        if (left.has(seriesRule) || !isAffected(seriesRule, alert, value)) continue
        const deadline = deadlineOf(seriesRule, alert, before)
        if (deadline !== null && deadline <= at) machine.run(series, seriesRule, { kind: 'unchanged', at: deadline })
        machine.run(series, seriesRule, { kind: 'reading', value, at })
      }
      return left.size === 0
    },

    /** True if this reading changes no alert: it only updates the rhythm of its series. */
    isWithinRules: (name: SeriesName, value: number): boolean => isWithinRules(rulebook.series(subjectOf(name), name), value),

    /** True if this reading makes an alert fire or resolve. */
    changesAlert(name: SeriesName, value: number, at: number): boolean {
      const series = rulebook.series(subjectOf(name), name)
      if (isWithinRules(series, value)) return false
      const open = alerts.about(series.subject)
      return series.rules.some((seriesRule) => {
        const alert = open.get(seriesRule.rule.name)
        if (!isAffected(seriesRule, alert, value)) return false
        const effect = machine.preview(series, seriesRule, alert, { kind: 'reading', value, at })
        return effect?.step === 'fire' || effect?.step === 'resolve'
      })
    },

    /** Changes that are due because no reading arrived. @param listeningSince see `BrokerLink` */
    *due(at: number, listeningSince: number): Due {
      const isPause = createPauses()
      for (const [subject, rhythm] of seriesStates.all()) {
        if (isPause()) yield null
        const series = rulebook.series(subject)
        const open = alerts.about(subject)
        for (const seriesRule of open.size > 0 ? series.rules : series.noDataRules) {
          const alert = open.get(seriesRule.rule.name)
          if (alert === undefined ? seriesRule.limits.noData !== 'alert' : alert.state === 'firing') continue
          const deadline = deadlineOf(seriesRule, alert, rhythm)
          if (deadline !== null && at >= Math.max(deadline, listeningSince + justConnected)) {
            if (!rate.isFull(series.name, at)) yield () => machine.run(series, seriesRule, { kind: 'unchanged', at: deadline })
            continue
          }
          const timeout = missingTimeout(seriesRule, series, rhythm, listeningSince, at)
          if (timeout === null || (alert === undefined && !isExpected(series))) continue
          const input = { kind: 'missing', at } as const
          if (machine.preview(series, seriesRule, alert, input) && !rate.isFull(series.name, at))
            yield () => machine.run(series, seriesRule, input, timeout)
        }
      }
    },
  }
}
