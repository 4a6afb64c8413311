import type { Limits } from './limits.ts'
import type { LinkState } from './link.ts'

/** How a connection, or the attempt at one, came to its end. */
export interface Ending {
  /**
   * `refused`: the broker said no · `dropped`: by ourselves · `lost`: it was there, and broke or was closed by the
   * broker · `unreachable`: it never came about.
   */
  how: 'refused' | 'dropped' | 'lost' | 'unreachable'
  /** In words for people. */
  why: string
  /** ms since the broker had accepted us; 0 where it did not. */
  held: number
}

/** What must be remembered from one attempt to the next. */
export interface Memory {
  /** Attempts since the last good connection. */
  attempts: number
  /** How often in a row the broker accepted us and closed the connection soon after. */
  thrownOut: number
}

export interface Next {
  memory: Memory
  state: Extract<LinkState, 'connecting' | 'refused' | 'taken'>
  /** ms to wait before the next attempt. */
  wait: number
}

export const noMemory: Memory = { attempts: 0, thrownOut: 0 }

/**
 * What to do after a connection or an attempt has ended. The broker does not tell in MQTT 3.1.1 why it closes a
 * connection; that another client came with our client id is concluded from being closed soon, several times in a row.
 * @param chance a random number from 0 to 1, for the jitter: many sensors must not come back at the same moment
 */
export function afterEnding(memory: Memory, ending: Ending, chance: number, limits: Limits): Next {
  const thrownOut = ending.how === 'lost' && ending.held < limits.stolenWithin ? memory.thrownOut + 1 : 0
  const attempts = ending.held >= limits.goodAfter ? 1 : memory.attempts + 1
  const next = { attempts, thrownOut }
  if (thrownOut >= limits.stolenTimes) return { memory: next, state: 'taken', wait: limits.keepAway }
  return { memory: next, state: ending.how === 'refused' ? 'refused' : 'connecting', wait: backoff(attempts, chance, limits) }
}

/** The wait before the next attempt, in ms: doubling from `firstWait` to `longestWait`, of which a random half to all. */
export function backoff(attempts: number, chance: number, limits: Pick<Limits, 'firstWait' | 'longestWait'>): number {
  const full = Math.min(limits.longestWait, limits.firstWait * 2 ** Math.min(attempts - 1, 30))
  return Math.round(full * (0.5 + chance / 2))
}
