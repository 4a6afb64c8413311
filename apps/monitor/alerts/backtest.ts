import { setImmediate as pause } from 'node:timers/promises'
import type { Rule } from '@hearthwatch/api/rule'
import { limitsOf } from '../rules/limits.ts'
import { RuleError } from '../rules/rule-error.ts'
import { scopeOf } from '../rules/scope.ts'
import type { Readings } from '../store/readings/readings.ts'
import { type BackTestAlert, backTestSeries, listed, type SeriesBackTest } from './backtest-series.ts'

export interface BackTestResult {
  /** In the order in which they began. */
  alerts: BackTestAlert[]
  /** How many there would have been besides these. */
  more: number
  /** How many readings were judged. */
  readings: number
  /** Whether all of them were: else it was too much work. */
  complete: boolean
}

export interface BackTestOptions {
  rule: Rule
  readings: Pick<Readings, 'names' | 'each'>
  /** Inclusive, ms. */
  from: number
  /** Exclusive, ms. */
  to: number
  signal?: AbortSignal | undefined
  /** Readings judged at most. */
  most?: number
}

/** A year of three sensors, at a reading each ten seconds. */
const mostReadings = 10_000_000
/** ms of work after which others may go first. */
const turn = 8
/** Readings between two looks at the clock. */
const stride = 256

/**
 * Which alerts a rule would have raised on the stored readings: the machine itself, run over them in their own time. Others
 * go first every few ms, so that a year of readings holds nobody up.
 * @throws RuleError for a rule about devices · AbortError where the signal says that nobody wants to know any more
 */
export async function backTest(options: BackTestOptions): Promise<BackTestResult> {
  const { rule, readings, from, to, signal, most = mostReadings } = options
  const limits = limitsOf(rule)
  if (limits === null)
    throw new RuleError(`condition must not be ${rule.condition}: whether a device was there is not kept, so it cannot be tried out`, [
      { field: 'condition', problem: 'not-allowed' },
    ])
  const runs: SeriesBackTest[] = []
  let count = 0
  let began = performance.now()

  async function letOthersGo(): Promise<void> {
    if (performance.now() - began < turn) return
    await pause()
    signal?.throwIfAborted()
    began = performance.now()
  }

  for (const name of readings.names().filter(scopeOf(rule))) {
    await letOthersGo()
    const run = backTestSeries(rule, limits, name)
    runs.push(run)
    for (const { time, value } of readings.each(name, from, to)) {
      if (count >= most) return answer(runs, count, false)
      run.reading(value, time)
      count += 1
      if (count % stride === 0) await letOthersGo()
    }
    run.end(to)
  }
  return answer(runs, count, true)
}

function answer(runs: readonly SeriesBackTest[], readings: number, complete: boolean): BackTestResult {
  const all = runs.reduce((sum, { count }) => sum + count, 0)
  const alerts = runs
    .flatMap((run) => run.alerts)
    .sort((a, b) => a.started - b.started)
    .slice(0, listed)
  return { alerts, more: all - alerts.length, readings, complete }
}
