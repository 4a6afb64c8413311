/** Position of a temperature relative to its limits. */
export type AlarmState = 'normal' | 'above' | 'below'

/** °C. A value exactly on a limit is within it. */
export interface Limits {
  above: number
  below?: number | undefined
}

/** °C by which the value must return before the same limit raises another alarm. */
export const hysteresis = 1

/** The alarm of one temperature. Changes of its state are numbered; each change to `above` or `below` is to be published once. */
export interface ThresholdAlarm {
  state: AlarmState
  /** The newest value, °C. */
  value: number
  change: number
  /** The newest change that was published. */
  published: number
}

export const noAlarm: ThresholdAlarm = { state: 'normal', value: Number.NaN, change: 0, published: 0 }

/** Applies one reading. A change of state replaces an earlier one that was not published. */
export function applyValue(alarm: ThresholdAlarm, value: number, limits: Limits): ThresholdAlarm {
  const state = stateOf(alarm.state, value, limits)
  return { ...alarm, state, value, change: state === alarm.state ? alarm.change : alarm.change + 1 }
}

/** True if a limit is exceeded and that was not published yet. */
export function isUnpublished({ state, change, published }: ThresholdAlarm): boolean {
  return state !== 'normal' && published < change
}

export function markPublished(alarm: ThresholdAlarm): ThresholdAlarm {
  return { ...alarm, published: alarm.change }
}

/** Undoes `markPublished` after publishing `change` has failed, unless a newer change was published since. */
export function markUnpublished(alarm: ThresholdAlarm, change: number): ThresholdAlarm {
  return alarm.published === change ? { ...alarm, published: change - 1 } : alarm
}

function stateOf(state: AlarmState, value: number, { above, below = Number.NEGATIVE_INFINITY }: Limits): AlarmState {
  if (value > above) return 'above'
  if (value < below) return 'below'
  if (state === 'above' && value > above - hysteresis) return 'above'
  if (state === 'below' && value < below + hysteresis) return 'below'
  return 'normal'
}
