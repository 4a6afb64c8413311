/**
 * A limit of `burst` messages within any `span` ms. Half of them may leave at once, so that the readings of one tick
 * stay together. The others leave at even intervals.
 */
export interface Rate {
  burst: number
  span: number
}

/** @param perSecond more than 0; less than one is allowed */
export function rateOf(perSecond: number): Rate {
  const burst = Math.max(1, Math.floor(perSecond))
  return { burst, span: (burst / perSecond) * 1000 }
}

/** Times of the last messages that count towards the limit, oldest first; ms of a clock that is never set back. */
export type Sent = readonly number[]

/** ms until one more message may leave; 0: now. */
export function waitFor(sent: Sent, now: number, { burst, span }: Rate): number {
  const recent = sent.filter((time) => time > now - span)
  const oldest = recent[recent.length - burst]
  const newest = recent[recent.length - 1]
  const untilRoom = oldest === undefined ? 0 : oldest + span - now
  const untilTurn = newest === undefined || recent.length < burst / 2 ? 0 : newest + span / burst - now
  return Math.max(0, untilRoom, untilTurn)
}

/** Adds a message that left `now`. */
export function addSent(sent: Sent, now: number, { burst }: Rate): Sent {
  return [...sent, now].slice(-burst)
}
