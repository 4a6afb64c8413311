import type { Rule } from '@hearthwatch/api/rule'
import { boundOf, crossed, type Limits } from '../rules/limits.ts'
import { type Effect, type Input, judge, ok, type State } from '../rules/machine.ts'
import { observe, pendingDeadline, type Rhythm, seriesTimeout } from '../rules/rhythm.ts'
import type { SeriesName } from '../store/readings/readings.ts'

/** An alert that there would have been. Times in ms. */
export interface BackTestAlert extends SeriesName {
  started: number
  fired: number
  /** null: not within the span. */
  resolved: number | null
  /** The reading that made it fire, for `rises` and `falls` by how much it did; null: none came. */
  value: number | null
  /** The limit that was crossed; null: readings stayed away. */
  limit: number | null
}

export interface SeriesBackTest {
  /** The first thousand. */
  readonly alerts: readonly BackTestAlert[]
  /** How many there were. */
  readonly count: number
  reading(value: number, at: number): void
  /** There are no more readings before this time. */
  end(at: number): void
}

/** Whoever has more of them wants another rule. */
export const listed = 1000

/**
 * One rule and one series, whose readings come in their order: the same machine as when they came, and the alerts that
 * it makes of them.
 * @param limits those of the rule
 */
export function backTestSeries(rule: Rule, limits: Limits, name: SeriesName): SeriesBackTest {
  const alerts: BackTestAlert[] = []
  let count = 0
  let last: BackTestAlert | undefined
  let state: State = ok
  let rhythm: (Rhythm & { at: number }) | undefined

  function take(input: Input): void {
    const [after, effect] = judge(limits, state, input)
    state = after
    if (effect) note(effect, input.at)
  }

  function note({ step, value }: Effect, at: number): void {
    const limit = state.side === null ? null : boundOf(limits, state.side)
    if (step === 'fire') {
      last = { ...name, started: state.since, fired: at, resolved: null, value, limit }
      count += 1
      if (count <= listed) alerts.push(last)
    }
    if (last === undefined) return
    // Beyond the other limit, or beyond one after readings had stayed away.
    if (value !== null && crossed(limits, value) !== null) Object.assign(last, { value, limit })
    if (step !== 'resolve') return
    last.resolved = at
    last = undefined
  }

  function pass(at: number): void {
    if (rhythm === undefined) return
    const deadline = state.phase === 'pending' ? pendingDeadline(rule, state.since, limits.for, rhythm) : null
    if (deadline !== null && deadline <= at) take({ kind: 'unchanged', at: deadline })
    const missed = rhythm.at + (seriesTimeout(rule, rhythm) ?? Number.POSITIVE_INFINITY)
    if (missed <= at) take({ kind: 'missing', at: missed })
  }

  return {
    alerts,
    get count() {
      return count
    },
    reading(value, at) {
      pass(at)
      rhythm = observe(rhythm, at)
      take({ kind: 'reading', value, at })
    },
    end: pass,
  }
}
