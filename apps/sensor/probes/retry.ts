import { setTimeout as sleep } from 'node:timers/promises'
import { ProbeError } from './probe-error.ts'

/** Attempts at a measurement in one tick, and the pause between two of them, ms. */
export interface Patience {
  tries: number
  rest: number
}

/**
 * Measures, and repeats a failed measurement up to `tries` times in one tick for all channels of a device together.
 * A device that did not answer in one tick is asked once in the next: it is probably unplugged, and other probes wait for it.
 * @param interval ms until the next reading: the attempts end before it
 */
export function retrying({ tries: most, rest }: Patience, interval: number) {
  const tries = Math.max(1, Math.min(most, Math.floor((0.8 * interval) / rest) + 1))
  let tick = 0
  let left = tries
  let answered = true
  return async (measure: () => Promise<number>, time: number): Promise<number> => {
    if (time !== tick) {
      left = answered ? tries : 1
      tick = time
      answered = false
    }
    for (;;) {
      left -= 1
      try {
        const value = await measure()
        answered = true
        return value
      } catch (error) {
        if (left <= 0 || !(error instanceof ProbeError) || error.gone) throw error
        if (rest > 0) await sleep(rest)
      }
    }
  }
}
