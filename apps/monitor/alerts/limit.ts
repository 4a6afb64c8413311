/** A limit that a value should not cross, in the quantity's unit. */
export interface Limit {
  above: number
  /** How far below the limit the value must come back: without it a value at the limit would alert all the time. */
  recover: number
}

/**
 * Judges one reading. What lies between the limit and the recovery threshold changes nothing.
 * @param firing whether the alert is on
 * @returns the step to take, or null
 */
export function judgeLimit(firing: boolean, value: number, { above, recover }: Limit): 'fire' | 'resolve' | null {
  if (!firing) return value > above ? 'fire' : null
  return value <= above - recover ? 'resolve' : null
}
