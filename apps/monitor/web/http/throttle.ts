import { isIPv6 } from 'node:net'

export interface ThrottleLimits {
  /** Failures from one address within the window, and from all of them together. */
  perAddress: number
  overall: number
  /** ms */
  window: number
}

export type Throttle = ReturnType<typeof createThrottle>

/** Addresses of successes that are remembered. */
const mostKnown = 100

/**
 * Limits guesses: after too many recent failures, further tries have to wait. Only failures count, so frequent logins are
 * never refused. Remembers at most `overall` failures. An address that succeeded before does not wait for failures of others.
 */
export function createThrottle({ perAddress, overall, window }: ThrottleLimits) {
  const known = new Set<string>()
  let failures: { address: string; at: number }[] = []

  return {
    /** ms that this address has to wait before another try; 0: none. */
    wait(from: string, now: number): number {
      const address = networkOf(from)
      // If the clock was set back, no address waits longer than the window.
      failures = failures.filter(({ at }) => at <= now && now - at < window)
      const own = failures.filter((failure) => failure.address === address)
      const blocking =
        own.length >= perAddress
          ? own.at(-perAddress)
          : !known.has(address) && failures.length >= overall
            ? failures.at(-overall)
            : undefined
      return blocking === undefined ? 0 : blocking.at + window - now
    },

    /** Counts a failure. Call it before a slow check: otherwise many tries at once would all be checked. */
    fail(address: string, at: number): void {
      failures = [...failures, { address: networkOf(address), at }].slice(-overall)
    },

    /** Removes a failure that was a success, and remembers the address. */
    forgive(from: string, at: number): void {
      const address = networkOf(from)
      known.delete(address)
      known.add(address)
      for (const oldest of known) if (known.size > mostKnown) known.delete(oldest)
      const index = failures.findIndex((failure) => failure.address === address && failure.at === at)
      if (index >= 0) failures = failures.toSpliced(index, 1)
    },
  }
}

/** An IPv6 customer has a whole network of 64 bits. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const url = URL.parse(`http://[${address.split('%')[0]}]`)
  const [head = '', tail] = (url?.hostname.slice(1, -1) ?? address).split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array<string>(missing).fill('0'), ...(tail?.split(':') ?? [])].slice(0, 4).join(':')
}
