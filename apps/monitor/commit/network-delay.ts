/** What takes longer than this is no delay: a link breaks before that, and the device sends afresh. Its clock has been set. ms */
const longest = 60_000
/** For how long the quickest batch is remembered, ms: clocks drift, and are set by a little. */
const memory = 5 * 60_000

/**
 * How much longer than others of its device a batch was on its way, ms: a clock that is off is off for all of them, so what
 * one lags behind the quickest of late is the way. Without that, readings that a link has held back would seem younger than
 * what has been said live since, and raise an alert once more that is over.
 * @param now when it was sent, by the device's clock
 * @param at when it came, by ours
 */
export function measureNetworkDelay(): (device: string, now: number, at: number) => number {
  const quickest = new Map<string, { ahead: number; at: number }>()
  return (device, now, at) => {
    const ahead = now - at
    const best = quickest.get(device)
    if (best !== undefined && ahead < best.ahead && best.ahead - ahead <= longest && Math.abs(at - best.at) <= memory)
      return best.ahead - ahead
    quickest.set(device, { ahead, at })
    return 0
  }
}
