import { crossed, hasRecovered, type Limits, type Side } from './limits.ts'
import { changeWithin, type Point } from './window-extremes.ts'

/** What is the matter with one series by one rule. Times in ms. */
export interface State {
  readonly phase: 'ok' | 'pending' | 'firing' | 'recovering'
  /** The limit that was crossed; null while firing: the readings stay away. */
  readonly side: Side | null
  /** Since when it has been pending, or when that began. */
  readonly since: number
  /** The value that began the doubt, or carried it to the other side. */
  readonly value: number | null
  /** Since when it has been recovering; null where it is not. */
  readonly well: number | null
  /** What `rises` and `falls` compare with. */
  readonly points: readonly Point[]
}

export type Input =
  /** A reading, and when it was taken. */
  | { readonly kind: 'reading'; readonly value: number; readonly at: number }
  /** Time has passed, and the last reading still holds: `at` is `pendingDeadline`. */
  | { readonly kind: 'unchanged'; readonly at: number }
  /** Readings have stayed away for longer than they ever do. */
  | { readonly kind: 'missing'; readonly at: number }

/** What has changed; the names are those of the arrows in docs/alerts.md. */
export type Step =
  /** ok → pending */
  | 'pending'
  /** pending → ok: it never was an alert */
  | 'cancel'
  /** → firing */
  | 'fire'
  /** It fires already, and now for another reason: the other limit, or a crossing after readings had stayed away. */
  | 'switch'
  /** firing → recovering */
  | 'recover'
  /** recovering → firing */
  | 'refire'
  /** → ok */
  | 'resolve'

/** @property value what was judged: the reading; for `rises` and `falls` by how much it has; null: none came */
export interface Effect {
  readonly step: Step
  readonly value: number | null
}

export const ok: State = { phase: 'ok', side: null, since: 0, value: null, well: null, points: [] }

/**
 * The life of an alert: ok → pending → firing → recovering → resolved. Pure, and all time in it is the time of readings:
 * the same readings make the same alerts, live, after a restart, and in a back-test.
 *
 * - A value at the limit is well; only beyond it anything is the matter (`rises` and `falls`: from the amount on).
 * - Pending ends as soon as a value is back at or inside the limit. It fires with the first reading that is beyond the
 *   limit `for` after the first one; where that does not come in time, because a sensor speaks only of changes, what was
 *   said last holds (see `pendingDeadline`).
 * - Firing recovers only past the recovery threshold (`recover` back from the limit that was crossed, and inside the
 *   other one), and is over with the first reading that is past it `keepFiringFor` after the first one. A value
 *   between the threshold and the limit ends the recovery, not the alert.
 * - Without readings nothing is ever resolved. A recovery ends, since nobody knows of it any more; what else happens is
 *   for the rule's `noData`: `alert` fires, until a reading inside the limits; `ignore` drops a doubt; `keep` keeps it.
 * - Where the clock was put back, a time that lies ahead begins anew.
 *
 * @returns the state after it, and what has changed
 */
export function judge(limits: Limits, state: State, input: Input): [State, Effect | null] {
  if (input.kind === 'missing') return judgeMissing(limits, state, input.at)
  if (input.kind === 'unchanged') return judgeUnchanged(limits, state, input.at)
  const { at } = input
  if (limits.window === 0) return judgeValue(limits, state, input.value, at)
  const [points, amount] = changeWithin(state.points, [at, input.value], limits.window, limits.condition === 'rises')
  return judgeValue(limits, { ...state, points }, amount, at)
}

function judgeValue(limits: Limits, state: State, value: number, at: number): [State, Effect | null] {
  const side = crossed(limits, value)
  switch (state.phase) {
    case 'ok':
      if (side === null) return [state, null]
      if (limits.for > 0)
        return [
          { ...state, phase: 'pending', side, since: at, value },
          { step: 'pending', value },
        ]
      return [
        { ...state, phase: 'firing', side, since: at },
        { step: 'fire', value },
      ]
    case 'pending': {
      if (side === null) return [end(state), { step: 'cancel', value }]
      const since = Math.min(state.since, at)
      if (at - since >= limits.for)
        return [
          { ...state, phase: 'firing', side, since },
          { step: 'fire', value },
        ]
      return [{ ...state, side, since, value: side === state.side ? state.value : value }, null]
    }
    case 'firing':
      if (side !== null && side !== state.side)
        return [
          { ...state, side },
          { step: 'switch', value },
        ]
      if (!hasRecovered(limits, value, state.side)) return [state, null]
      if (limits.keepFiringFor === 0) return [end(state), { step: 'resolve', value }]
      return [
        { ...state, phase: 'recovering', well: at },
        { step: 'recover', value },
      ]
    case 'recovering': {
      if (!hasRecovered(limits, value, state.side))
        return [
          { ...state, phase: 'firing', side: side ?? state.side, well: null },
          { step: 'refire', value },
        ]
      const well = Math.min(state.well ?? at, at)
      if (at - well >= limits.keepFiringFor) return [end(state), { step: 'resolve', value }]
      return [well === state.well ? state : { ...state, well }, null]
    }
  }
}

function judgeUnchanged(limits: Limits, state: State, at: number): [State, Effect | null] {
  const isDue = state.phase === 'pending' && limits.window === 0 && at - state.since >= limits.for
  return isDue
    ? [
        { ...state, phase: 'firing' },
        { step: 'fire', value: state.value },
      ]
    : [state, null]
}

function judgeMissing({ noData }: Limits, state: State, at: number): [State, Effect | null] {
  if (state.phase === 'recovering')
    return [
      { ...state, phase: 'firing', well: null },
      { step: 'refire', value: null },
    ]
  if (state.phase === 'firing') return [state, null]
  if (noData === 'alert') {
    const since = state.phase === 'pending' ? state.since : at
    return [
      { ...state, phase: 'firing', side: null, since },
      { step: 'fire', value: null },
    ]
  }
  if (noData === 'ignore' && state.phase === 'pending') return [end(state), { step: 'cancel', value: null }]
  return [state, null]
}

const end = ({ points }: State): State => ({ ...ok, points })
