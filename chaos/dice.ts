/** Reproducible random numbers: the same seed gives the same sequence. */
export type Dice = ReturnType<typeof createDice>

/** @param seed a whole number for mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c) */
export function createDice(seed: number) {
  let state = seed >>> 0
  /** From 0 inclusive to 1 exclusive. */
  function chance(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (from: number, to: number) => from + Math.floor(chance() * (to - from + 1))
  function one<T>(of: readonly T[]): T {
    if (of.length === 0) throw new RangeError('nothing to choose from')
    return of[whole(0, of.length - 1)] as T
  }
  return {
    chance,
    /** A whole number, both ends included. */
    whole,
    /** A whole number, mostly near `from` and rarely near `to`: most outages are short, and a few are long. */
    skewed: (from: number, to: number) => Math.round(from * (to / from) ** (chance() ** 2)),
    one,
    /** One of them, chosen by weight. */
    weighted<T extends { weight: number }>(of: readonly T[]): T {
      let left = chance() * of.reduce((sum, { weight }) => sum + weight, 0)
      for (const candidate of of) {
        left -= candidate.weight
        if (left < 0) return candidate
      }
      return one(of)
    },
  }
}
