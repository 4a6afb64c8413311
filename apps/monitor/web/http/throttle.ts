export interface ThrottleLimits {
  /** Failures from one address within the window, and from all of them together. */
  perAddress: number
  overall: number
  /** ms */
  window: number
}

export type Throttle = ReturnType<typeof createThrottle>

/**
 * Limits guesses: after too many recent failures, further tries have to wait. Only failures count, so frequent logins are
 * never refused. Remembers at most `overall` failures.
 */
export function createThrottle({ perAddress, overall, window }: ThrottleLimits) {
  let failures: { address: string; at: number }[] = []

  return {
    /** ms that this address has to wait before another try; 0: none. */
    wait(address: string, now: number): number {
      // If the clock was set back, no address waits longer than the window.
      failures = failures.filter(({ at }) => at <= now && now - at < window)
      const own = failures.filter((failure) => failure.address === address)
      const blocking = own.length >= perAddress ? own.at(-perAddress) : failures.length >= overall ? failures.at(-overall) : undefined
      return blocking === undefined ? 0 : blocking.at + window - now
    },

    /** Counts a failure. Call it before a slow check: otherwise many tries at once would all be checked. */
    fail(address: string, at: number): void {
      failures = [...failures, { address, at }].slice(-overall)
    },

    /** Removes a failure that was a success. */
    forgive(address: string, at: number): void {
      const index = failures.findIndex((failure) => failure.address === address && failure.at === at)
      if (index >= 0) failures = failures.toSpliced(index, 1)
    },
  }
}
