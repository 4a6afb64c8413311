import type { Batch } from '@hearthwatch/protocol'
import { day, minute, second } from '@hearthwatch/protocol/durations'

/**
 * Bounds on the batches of one device. A full outbox, of a million rows with three values, stays below. `most` is what a
 * device may send at once, `each` what it regains in `per` ms.
 */
export const batchBounds = {
  /** Values. Storing one costs about 20 µs. */
  values: { most: 3_000_000, each: 10_000, per: second },
  /** Spans of five minutes with readings, by series. Each is a row in the database for good. */
  spans: { most: 1_000_000, each: 100_000, per: day },
} as const

const span = 5 * minute

interface Budget {
  values: number
  spans: number
  at: number
}

/**
 * Bounds the work that the batches of one device cost. A batch over the bounds is not acknowledged, so an honest sensor
 * sends it again later: it is late, not lost. In memory only.
 */
export function limitBatchRate() {
  const budgets = new Map<string, Budget>()

  function budgetOf(device: string, at: number): Budget {
    const budget = budgets.get(device) ?? { values: batchBounds.values.most, spans: batchBounds.spans.most, at }
    budgets.set(device, budget)
    // A clock that was set back returns nothing, and takes nothing.
    const elapsed = Math.max(0, at - budget.at)
    for (const part of ['values', 'spans'] as const) {
      const { most, each, per } = batchBounds[part]
      budget[part] = Math.min(most, budget[part] + (each * elapsed) / per)
    }
    budget.at = at
    return budget
  }

  /** Counts a batch. @returns false if its device has used up what it may send for now */
  return (batch: Batch, at: number): boolean => {
    const budget = budgetOf(batch.device, at)
    if (budget.values <= 0 || budget.spans <= 0) return false
    let last = Number.NaN
    for (const { time, values } of batch.rows) {
      const count = Object.keys(values).length
      const here = Math.floor(time / span)
      budget.values -= count
      if (here !== last) budget.spans -= count
      last = here
    }
    return true
  }
}
