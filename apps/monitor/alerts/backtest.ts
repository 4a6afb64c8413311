import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { Rule } from '@hearthwatch/api/rule'
import type { BackTest } from '@hearthwatch/api/rules'
import { limitsOf } from '../rules/limits.ts'
import { RuleError } from '../rules/rule-error.ts'
import { scopeOf } from '../rules/scope.ts'
import type { Readings } from '../store/readings/readings.ts'
import { backTestSeries, mostAlerts, type SeriesBackTest } from './backtest-series.ts'

export interface BackTestOptions {
  rule: Rule
  readings: Pick<Readings, 'names' | 'each'>
  /** Inclusive, ms. */
  from: number
  /** Exclusive, ms. */
  to: number
  signal?: AbortSignal | undefined
  /** Number of readings judged at most. */
  most?: number
}

/** A year of three sensors with a reading every ten seconds. */
const mostReadings = 10_000_000
/** The event loop is blocked no longer than this. ms */
const slice = 8
/** Number of readings between two looks at the clock. */
const stride = 256

/**
 * Lists the alerts that a rule would have raised on the stored readings. It yields every few ms, so a year of readings delays no
 * message and no request.
 * @throws RuleError for a rule about devices · AbortError if the signal aborts
 */
export async function backTest({ rule, readings, from, to, signal, most = mostReadings }: BackTestOptions): Promise<BackTest> {
  const limits = limitsOf(rule)
  if (limits === null)
    throw new RuleError(`condition must not be ${rule.condition}: the times at which a device was seen are not stored`, [
      { field: 'condition', problem: 'not-allowed' },
    ])
  const runs: SeriesBackTest[] = []
  let count = 0
  let began = performance.now()

  async function letOthersRun(): Promise<void> {
    if (performance.now() - began < slice) return
    await yieldToOthers()
    signal?.throwIfAborted()
    began = performance.now()
  }

  for (const name of readings.names().filter(scopeOf(rule))) {
    await letOthersRun()
    const run = backTestSeries(rule, limits, name)
    runs.push(run)
    for (const { time, value } of readings.each(name, from, to)) {
      if (count >= most) return resultOf(runs, count, false)
      run.reading(value, time)
      count += 1
      if (count % stride === 0) await letOthersRun()
    }
    run.end(to)
  }
  return resultOf(runs, count, true)
}

function resultOf(runs: readonly SeriesBackTest[], readings: number, complete: boolean): BackTest {
  const all = runs.reduce((sum, { count }) => sum + count, 0)
  const alerts = runs
    .flatMap((run) => run.alerts)
    .sort((a, b) => a.started - b.started)
    .slice(0, mostAlerts)
  const messages = runs.reduce((sum, run) => sum + run.messages, 0)
  return { alerts, more: all - alerts.length, messages, readings, complete }
}
