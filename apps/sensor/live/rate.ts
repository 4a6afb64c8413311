/**
 * How many messages may go out: not more than `burst` within any `span` ms. The first half of them at once, so that
 * the readings of one tick leave together; from there on evenly, so that a fast sensor does not stutter.
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

/** When messages went out, oldest first: those that still count. ms of any clock that is never put back. */
export type Sent = readonly number[]

/** How long to wait until one more may go out: 0 is now. ms */
export function waitFor(sent: Sent, now: number, { burst, span }: Rate): number {
  const recent = sent.filter((time) => time > now - span)
  const oldest = recent[recent.length - burst]
  const newest = recent[recent.length - 1]
  const untilRoom = oldest === undefined ? 0 : oldest + span - now
  const untilTurn = newest === undefined || recent.length < burst / 2 ? 0 : newest + span / burst - now
  return Math.max(0, untilRoom, untilTurn)
}

/** The record after one more went out `now`. */
export function note(sent: Sent, now: number, { burst }: Rate): Sent {
  return [...sent, now].slice(-burst)
}
