import { setImmediate as othersRun } from 'node:timers/promises'
import type { Judge } from '../alerts/judge.ts'
import type { Tick } from './ticker.ts'

/**
 * Looks each second whether the passing of time changes anything. Thousands of series take tens of ms, so packets and pages have
 * a turn in between. A few hundred are looked at in one turn.
 * @param onDue commits the tick
 */
export function createTickWatch(judge: Pick<Judge, 'look'>, onDue: (tick: Tick) => void) {
  let isLooking = false
  let isClosed = false

  return {
    /** Does nothing while the look of the second before goes on. */
    async look(tick: Tick): Promise<void> {
      if (isLooking) return
      isLooking = true
      try {
        for (const change of judge.look(tick.at, tick.link)) {
          if (change !== null) return onDue(tick)
          await othersRun()
          if (isClosed) return
        }
      } finally {
        isLooking = false
      }
    },

    close(): void {
      isClosed = true
    },
  }
}
