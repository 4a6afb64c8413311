import type { VersionRefusal } from '../connection/version.ts'
import type { Limits } from '../limits.ts'
import type { LinkState } from '../link.ts'
import type { Reason } from './reason.ts'

/** The end of a connection, or of the attempt at one. */
export interface Ending {
  /**
   * `refused`: the broker refused the connection.
   * `taken`: the broker has told that another connection uses our client id.
   * `closed`: the broker closed it and told another reason.
   * `dropped`: we closed it.
   * `lost`: it broke, or the broker closed it without a reason.
   * `unreachable`: it was never established.
   */
  how: 'refused' | 'taken' | 'closed' | 'dropped' | 'lost' | 'unreachable'
  /** The reason, for people. */
  why: Reason
  /** Time since the broker accepted the connection, in ms; 0 if it never did. */
  lasted: number
  /** True if the other side ended it while a message of QoS 2 was not answered. */
  isAtQos2?: boolean
  /** How the broker refused our version of MQTT; undefined: it did not. */
  versionRefused?: VersionRefusal | undefined
}

/** State that is carried from one attempt to the next. */
export interface RetryState {
  /** Attempts since the last stable connection. */
  attempts: number
  /** Number of times in a row that the broker closed the connection early. */
  closedEarly: number
  /** Times at which accepted connections were lost, each time with a broker that accepted us again at once. ms */
  losses: readonly number[]
}

export interface Next {
  retry: RetryState
  state: Extract<LinkState, 'connecting' | 'refused' | 'taken'>
  /** Wait before the next attempt, in ms. */
  wait: number
}

export const firstAttempt: RetryState = { attempts: 0, closedEarly: 0, losses: [] }

/**
 * Decides when to connect again after a connection or an attempt has ended. In MQTT 5 the broker may tell that another program
 * uses our client id. In MQTT 3.1.1, and with Mosquitto 2.0.11, it closes the connection without a reason. Then several early
 * closes in a row are taken to mean it. So are many losses within ten minutes from a broker that accepts us again each time: two
 * programs that start slowly end each other late. The first takeover that is told is answered at once, because it may be a person
 * who has tried the login.
 * @param chance random number from 0 to 1, for the jitter: many sensors must not reconnect at the same moment
 * @param at a clock that is never set, ms
 */
export function afterEnding(retry: RetryState, ending: Ending, chance: number, limits: Limits, at: number): Next {
  const closedEarly = ending.how === 'lost' && ending.lasted < limits.closedEarlyWithin ? retry.closedEarly + 1 : 0
  const attempts = ending.lasted >= limits.stableAfter ? 1 : retry.attempts + 1
  const recent = recentLosses(retry, at, limits)
  // A broker that restarts, or a network that is gone, cannot be reached for a while.
  const isLoss = ending.how === 'lost' || ending.how === 'taken'
  const losses = isLoss ? [...recent, at] : ending.how === 'dropped' ? recent : []
  const next = { attempts, closedEarly, losses }
  const wait = backoff(attempts, chance, limits)
  if (ending.how === 'taken') return { retry: next, state: 'taken', wait: recent.length > 0 ? limits.takenWait : wait }
  if (closedEarly >= limits.closedEarlyTimes || losses.length >= limits.lossesTimes)
    return { retry: next, state: 'taken', wait: limits.takenWait }
  return { retry: next, state: ending.how === 'refused' ? 'refused' : 'connecting', wait }
}

/** @param at a clock that is never set, ms */
export const recentLosses = ({ losses }: RetryState, at: number, { lossesWithin }: Pick<Limits, 'lossesWithin'>): readonly number[] =>
  losses.filter((loss) => at - loss < lossesWithin)

/**
 * Wait before the next attempt, in ms. It doubles from `firstWait` to `longestWait`; `chance` chooses between half and all of it.
 * @param attempts number of attempts so far, at least 1
 */
export function backoff(attempts: number, chance: number, limits: Pick<Limits, 'firstWait' | 'longestWait'>): number {
  const full = Math.min(limits.longestWait, limits.firstWait * 2 ** Math.min(attempts - 1, 30))
  return Math.round(full * (0.5 + chance / 2))
}
