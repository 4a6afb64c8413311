import { hour, minute, second } from '@hearthwatch/protocol/durations'
import type { FailureKind } from './channels/channel.ts'

const firstPause = 30 * second
const longestPause = hour
/** Longest pause while the service cannot be reached, so that a recovery is noticed soon. ms */
const longestOutagePause = 5 * minute
const lockedPause = 10 * minute
const givenUpAfter = 3 * 24 * hour
/** Least number of attempts before a message is given up: a clock that jumps ahead can fake three days, not the attempts. */
const givenUpAfterAttempts = 10
/** A service's retry-after is respected up to this. ms */
const longestRetryAfter = hour
/** A channel is held at most this long. ms */
export const longestHold = 1.5 * hour

/** The next state of a message after a failed attempt, and until when its channel is held. Times in ms. */
export type Retry =
  | { message: 'dead'; hold: null }
  | { message: 'later'; next: number; hold: null }
  /** The channel sends no message before `hold`. */
  | { message: 'later'; next: number; hold: number }
  /** The same; the time until the message is given up starts again afterwards. */
  | { message: 'paused'; hold: number }

/**
 * @param attempts number of attempts of this message, including this one
 * @param outages number of consecutive failures to reach the service, including this one
 * @param tried time of the first attempt of this message
 * @param retryAfter wait that the service asks for, ms
 * @param chance from 0 to 1; spreads the retries of messages that failed at the same time
 */
export function planRetry(
  kind: FailureKind,
  { attempts, outages, tried, retryAfter }: { attempts: number; outages: number; tried: number; retryAfter: number | null },
  now: number,
  chance: number,
): Retry {
  const asked = Math.min(retryAfter ?? 0, longestRetryAfter)
  if (kind === 'locked-out') return { message: 'paused', hold: now + Math.max(lockedPause, asked) }
  if (kind === 'refused' || kind === 'gone' || (now - tried >= givenUpAfter && attempts >= givenUpAfterAttempts))
    return { message: 'dead', hold: null }
  const pause = (tries: number, longest: number) => Math.max(Math.min(firstPause * 2 ** (tries - 1), longest), asked) * (1 + chance / 5)
  if (kind === 'later') return { message: 'later', next: now + pause(attempts, longestPause), hold: null }
  const hold = now + pause(outages, longestOutagePause)
  return { message: 'later', next: hold, hold }
}
