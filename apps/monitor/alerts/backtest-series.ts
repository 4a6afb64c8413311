import type { Rule } from '@hearthwatch/api/rule'
import type { BackTest } from '@hearthwatch/api/rules'
import { boundOf, crossed, type Limits } from '../rules/limits.ts'
import { type Effect, type Input, judge, ok, type State } from '../rules/machine.ts'
import { observe, pendingDeadline, type SeriesRhythm, seriesTimeout } from '../rules/rhythm.ts'
import { repeatsWithin } from '../rules/when-to-notify.ts'
import type { SeriesName } from '../store/readings/readings.ts'

/** An alert that the rule would have raised. */
export type BackTestAlert = BackTest['alerts'][number]

export interface SeriesBackTest {
  /** The first `mostAlerts`. */
  readonly alerts: readonly BackTestAlert[]
  /** Number of all alerts. */
  readonly count: number
  /** Number of their notifications, if nobody acknowledges. */
  readonly messages: number
  reading(value: number, at: number): void
  /** Ends the back-test at this time, ms. */
  end(at: number): void
}

/** Number of alerts that are listed. */
export const mostAlerts = 1000

/**
 * Back-tests one rule on one series, by the machine that also judges live readings.
 * Give it the readings in order of time.
 */
export function backTestSeries(rule: Rule, limits: Limits, name: SeriesName): SeriesBackTest {
  const alerts: BackTestAlert[] = []
  let count = 0
  let messages = 0
  let last: BackTestAlert | undefined
  let state: State = ok
  let rhythm: SeriesRhythm | undefined

  function run(input: Input): void {
    const [after, effect] = judge(limits, state, input)
    state = after
    if (effect) write(effect, input.at)
  }

  function write({ step, value }: Effect, at: number): void {
    const limit = state.side === null ? null : boundOf(limits, state.side)
    if (step === 'fire') {
      last = { ...name, started: state.since, fired: at, resolved: null, value, limit }
      count += 1
      messages += 1
      if (count <= mostAlerts) alerts.push(last)
    }
    if (last === undefined) return
    // A switch: the other limit was crossed, or a limit after readings were missing.
    if (value !== null && crossed(limits, value) !== null) Object.assign(last, { value, limit })
    if (step !== 'resolve') return
    last.resolved = at
    messages += repeatsWithin(at - last.fired, rule.repeat) + 1
    last = undefined
  }

  /** Judges the time without readings before `at`. */
  function judgeUntil(at: number): void {
    if (rhythm === undefined) return
    const deadline = state.phase === 'pending' ? pendingDeadline(rule, state.since, limits.for, rhythm) : null
    if (deadline !== null && deadline <= at) run({ kind: 'unchanged', at: deadline })
    const missing = rhythm.at + (seriesTimeout(rule, rhythm) ?? Number.POSITIVE_INFINITY)
    if (missing <= at) run({ kind: 'missing', at: missing })
  }

  return {
    alerts,
    get count() {
      return count
    },
    get messages() {
      return messages
    },
    reading(value, at) {
      judgeUntil(at)
      rhythm = observe(rhythm, at)
      run({ kind: 'reading', value, at })
    },
    end(at) {
      judgeUntil(at)
      if (last !== undefined) messages += repeatsWithin(at - last.fired, rule.repeat)
    },
  }
}
