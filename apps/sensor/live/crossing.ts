/** Where a temperature is, as to its limits. */
export type Zone = 'normal' | 'above' | 'below'

/** °C. Not crossed on exactly the limit. */
export interface Limits {
  above: number
  below?: number | undefined
}

/** How far it must come back (°C) before the same limit can be crossed again: a value that flickers is told once. */
export const hysteresis = 1

/** What is known of one temperature. Every change of zone is numbered; those out of the normal are to be told. */
export interface Watch {
  zone: Zone
  /** The newest value, °C. */
  value: number
  change: number
  /** The newest change that was told. */
  told: number
}

export const unwatched: Watch = { zone: 'normal', value: Number.NaN, change: 0, told: 0 }

/** One more reading. Only the newest crossing is worth telling: a change makes those before it void. */
export function judge(watch: Watch, value: number, limits: Limits): Watch {
  const zone = zoneOf(watch.zone, value, limits)
  return { ...watch, zone, value, change: zone === watch.zone ? watch.change : watch.change + 1 }
}

/** Whether there is a crossing that still holds and was not told. */
export function isUntold({ zone, change, told }: Watch): boolean {
  return zone !== 'normal' && told < change
}

export function markTold(watch: Watch): Watch {
  return { ...watch, told: watch.change }
}

/** Telling this change has failed. Where another one was told since, it does not matter any more. */
export function markUntold(watch: Watch, change: number): Watch {
  return watch.told === change ? { ...watch, told: change - 1 } : watch
}

function zoneOf(zone: Zone, value: number, { above, below = Number.NEGATIVE_INFINITY }: Limits): Zone {
  if (value > above) return 'above'
  if (value < below) return 'below'
  if (zone === 'above' && value > above - hysteresis) return 'above'
  if (zone === 'below' && value < below + hysteresis) return 'below'
  return 'normal'
}
