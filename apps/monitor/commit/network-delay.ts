import { minute } from '@hearthwatch/protocol/durations'

/** A larger difference is no delay: the device's clock was set. A link breaks sooner, and the device sends again. */
const longest = minute
/** The fastest batch is remembered for this long: clocks drift and are corrected. */
const memory = 5 * minute

/**
 * Extra network delay of a batch, relative to the fastest recent batch of the same device, ms. A wrong device clock is
 * equally wrong for all its batches and cancels out. Without this correction, delayed rows would count as newer than live
 * readings that arrived in between, and would raise a resolved alert again.
 * @param now when the batch was sent, by the device's clock
 * @param at when it arrived, by ours
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
