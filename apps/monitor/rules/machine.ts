import { crossed, hasRecovered, type Limits, type Side } from './limits.ts'
import { changeWithin, type Point } from './window-extremes.ts'

/** The state of one rule about one series. Times in ms. */
export interface State {
  readonly phase: 'ok' | 'pending' | 'firing' | 'recovering'
  /** The limit that was crossed; null while firing: readings are missing. */
  readonly side: Side | null
  /** Start of the pending state, also while firing or recovering. */
  readonly since: number
  /** While pending: the value that crossed the limit on this side. */
  readonly value: number | null
  /** Start of the recovering state; null: not recovering. */
  readonly recoveringSince: number | null
  /** For `rises` and `falls`: the earlier readings to compare with. */
  readonly points: readonly Point[]
}

export type Input =
  /** A reading. `at`: when it was taken, by the monitor's clock. */
  | { readonly kind: 'reading'; readonly value: number; readonly at: number }
  /** No reading arrived in time, so the last value counts. `at`: see `pendingDeadline`. */
  | { readonly kind: 'unchanged'; readonly at: number }
  /** Readings are missing. `at`: see `seriesTimeout`. */
  | { readonly kind: 'missing'; readonly at: number }

/** A change of the state; docs/alerts.md draws them as arrows. */
export type Step =
  /** ok → pending */
  | 'pending'
  /** pending → ok: it never was an alert */
  | 'cancel'
  /** ok or pending → firing */
  | 'fire'
  /** firing → firing for another reason: the other limit, or a crossing after readings were missing */
  | 'switch'
  /** firing → recovering */
  | 'recover'
  /** recovering → firing */
  | 'refire'
  /** firing or recovering → resolved, and ok again */
  | 'resolve'

export interface Effect {
  readonly step: Step
  /** The reading; for `rises` and `falls` the amount of the change; null: readings are missing. */
  readonly value: number | null
}

export const ok: State = { phase: 'ok', side: null, since: 0, value: null, recoveringSince: null, points: [] }

/**
 * The alert state machine: ok → pending → firing → recovering → resolved. It is a pure function, and all times are those of
 * the readings. The same readings therefore raise the same alerts, live, after a restart, and in a back-test.
 *
 * ok: A value at the limit is within limits. For `rises` and `falls`, the amount itself meets the condition.
 * If a value crosses the limit, the alert is pending. If `for` is 0, it fires at once.
 *
 * pending: If a value is within limits, the alert is cancelled. It fires at the first reading that is still beyond the
 * limit `for` after the first one. If no reading arrives in time, the last value counts (`unchanged`).
 *
 * firing: If a value is past the recovery threshold, the alert recovers. If `keepFiringFor` is 0, it resolves at once.
 * The threshold lies `recover` back from the limit that was crossed. The value must also be inside the other limit.
 *
 * recovering: If a value is not past the threshold, the alert fires again (`refire`). It resolves at the first reading
 * that is still past the threshold `keepFiringFor` after the first one.
 *
 * Missing readings never resolve an alert. If they are missing during a recovery, the alert fires again.
 * If the state is ok or pending, `noData` decides. `alert` fires until a reading within limits arrives.
 * `ignore` cancels a pending alert. `keep` changes nothing.
 *
 * If the clock was set back, a start that lies in the future becomes the time of the reading.
 *
 * @returns the next state, and the step that led to it; null: no step
 */
export function judge(limits: Limits, state: State, input: Input): [State, Effect | null] {
  if (input.kind === 'missing') return judgeMissing(limits, state, input.at)
  if (input.kind === 'unchanged') return judgeUnchanged(limits, state, input.at)
  const { value, at } = input
  if (limits.window === 0) return judgeValue(limits, state, value, at)
  const [points, change] = changeWithin(state.points, [at, value], limits.window, limits.condition === 'rises')
  return judgeValue(limits, { ...state, points }, change, at)
}

function judgeValue(limits: Limits, state: State, value: number, at: number): [State, Effect | null] {
  const side = crossed(limits, value)
  switch (state.phase) {
    case 'ok':
      if (side === null) return [state, null]
      if (limits.for > 0) return take('pending', { ...state, phase: 'pending', side, since: at, value }, value)
      return take('fire', { ...state, phase: 'firing', side, since: at }, value)
    case 'pending': {
      if (side === null) return take('cancel', end(state), value)
      const since = Math.min(state.since, at)
      if (at - since >= limits.for) return take('fire', { ...state, phase: 'firing', side, since }, value)
      return [{ ...state, side, since, value: side === state.side ? state.value : value }, null]
    }
    case 'firing':
      if (side !== null && side !== state.side) return take('switch', { ...state, side }, value)
      if (!hasRecovered(limits, value, state.side)) return [state, null]
      if (limits.keepFiringFor === 0) return take('resolve', end(state), value)
      return take('recover', { ...state, phase: 'recovering', recoveringSince: at }, value)
    case 'recovering': {
      if (!hasRecovered(limits, value, state.side))
        return take('refire', { ...state, phase: 'firing', side: side ?? state.side, recoveringSince: null }, value)
      const recoveringSince = Math.min(state.recoveringSince ?? at, at)
      if (at - recoveringSince >= limits.keepFiringFor) return take('resolve', end(state), value)
      return [recoveringSince === state.recoveringSince ? state : { ...state, recoveringSince }, null]
    }
  }
}

function judgeUnchanged(limits: Limits, state: State, at: number): [State, Effect | null] {
  const isDue = state.phase === 'pending' && limits.window === 0 && at - state.since >= limits.for
  return isDue ? take('fire', { ...state, phase: 'firing' }, state.value) : [state, null]
}

function judgeMissing({ noData }: Limits, state: State, at: number): [State, Effect | null] {
  if (state.phase === 'recovering') return take('refire', { ...state, phase: 'firing', recoveringSince: null }, null)
  if (state.phase === 'firing') return [state, null]
  if (noData === 'alert') {
    const since = state.phase === 'pending' ? state.since : at
    return take('fire', { ...state, phase: 'firing', side: null, since }, null)
  }
  if (noData === 'ignore' && state.phase === 'pending') return take('cancel', end(state), null)
  return [state, null]
}

const take = (step: Step, state: State, value: number | null): [State, Effect] => [state, { step, value }]

const end = ({ points }: State): State => ({ ...ok, points })
