export interface ThrottleLimits {
  /** Failures from one address within the window, and from all of them together. */
  perAddress: number
  overall: number
  /** ms */
  window: number
}

export type Throttle = ReturnType<typeof createThrottle>

/**
 * Slows down whoever guesses: too many failures of late, and nothing more is tried for a while. Only failures count,
 * so that nobody shuts himself out by logging in often. Remembers at most `overall` failures.
 */
export function createThrottle({ perAddress, overall, window }: ThrottleLimits) {
  let failures: { address: string; at: number }[] = []

  return {
    /** How long this address has to wait before another try, in ms; 0: not at all. */
    wait(address: string, now: number): number {
      // A clock that was set back must not shut anybody out for longer than the window.
      failures = failures.filter(({ at }) => at <= now && now - at < window)
      const own = failures.filter((failure) => failure.address === address)
      const blocking = own.length >= perAddress ? own.at(-perAddress) : failures.length >= overall ? failures.at(-overall) : undefined
      return blocking === undefined ? 0 : blocking.at + window - now
    },

    /** Counts a failure; of a try that takes its time, before it begins: many at once would all be let in. */
    fail(address: string, at: number): void {
      failures = [...failures, { address, at }].slice(-overall)
    },

    /** It was none. */
    forgive(address: string, at: number): void {
      const index = failures.findIndex((failure) => failure.address === address && failure.at === at)
      if (index >= 0) failures = failures.toSpliced(index, 1)
    },
  }
}
