import { quantityOf } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Probe } from './probe.ts'

/** Bounds of plausible values of a quantity, beside its range. */
interface Bounds {
  /** Largest step from one reading to the next, at most a minute later; over a longer time in proportion. */
  step: number
  /** Saturated probes exceed the range by this. Such a value is set to the end of the range. */
  excess: number
}

const bounds: Record<Probe['quantity'], Bounds> = {
  temperature: { step: 10, excess: 0 },
  // SHT4x and HTU21 compute −6 to 119 %. Their data sheets require to crop it.
  humidity: { step: 25, excess: 19 },
  pressure: { step: 10, excess: 0 },
  // A breath on the chip.
  co2: { step: 5000, excess: 0 },
}

/** State of the filter of one probe. */
export interface FilterState {
  /** The last accepted value; null: none yet. */
  accepted: number | null
  /** Time of that value, ms. */
  time: number
  /** Values after it that were rejected for their step, at most two. */
  doubted: readonly number[]
}

export const newFilter: FilterState = { accepted: null, time: 0, doubted: [] }

/** The filtered value, or the reason why it was rejected. */
export type Filtered = { state: FilterState; value: number } | { state: FilterState; why: string }

/**
 * Rejects values out of range, and a step that is too large. The next reading decides about a step: if it agrees with the
 * doubted one, it is accepted. So is the third value that goes on in one direction, which is a fast but true change.
 * @param time of the reading, ms
 */
export function applyFilter(state: FilterState, value: number, quantity: Probe['quantity'], time: number): Filtered {
  const { min, max, unit } = quantityOf(quantity)
  const { step, excess } = bounds[quantity]
  if (!(value >= min - excess && value <= max + excess)) return { state, why: `gives ${value} ${unit}, which cannot be` }
  const rounded = Math.min(max, Math.max(min, Math.round(value * 1000) / 1000))
  const { accepted, doubted } = state
  const largest = step * Math.max(1, (time - state.time) / minute)
  const last = doubted.at(-1)
  const isBelieved =
    accepted === null ||
    Math.abs(rounded - accepted) <= largest ||
    (last !== undefined && Math.abs(rounded - last) <= largest) ||
    isOneDirection([accepted, ...doubted, rounded])
  if (isBelieved) return { state: { accepted: rounded, time, doubted: [] }, value: rounded }
  return { state: { ...state, doubted: [...doubted, rounded].slice(-2) }, why: `changes by more than ${step} ${unit} at once` }
}

/** True for four values that rise, or that fall. */
function isOneDirection(values: readonly number[]): boolean {
  const steps = values.slice(1).map((value, i) => Math.sign(value - (values[i] ?? value)))
  return steps.length === 3 && steps.every((sign) => sign !== 0 && sign === steps[0])
}
