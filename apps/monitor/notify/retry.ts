import { hour, minute, second } from '@hearthwatch/protocol/durations'
import type { FailureKind } from './channels/channel.ts'

const firstPause = 30 * second
const longestPause = hour
/** While nobody can be reached, one try in so long is enough to notice soon that it is over. */
const longestOutagePause = 5 * minute
const lockedPause = 10 * minute
const givenUpAfter = 3 * 24 * hour
/** A clock that leaps ahead makes three days out of a moment, but not so many tries. */
const givenUpAfterTries = 10
/** What the other side asks for is kept up to this, ms. */
const longestWish = hour
/** No channel is held longer, ms. */
export const longestHold = 1.5 * hour

/** What becomes of a message after a failed try, and of its channel. Times in ms. */
export type Verdict =
  | { message: 'dead'; hold: null }
  | { message: 'later'; next: number; hold: null }
  /** Nothing goes out by this channel before `hold`. */
  | { message: 'later'; next: number; hold: number }
  /** The same, and the time spent does not count against the message. */
  | { message: 'paused'; hold: number }

/**
 * @param attempts tries of this message, this one included
 * @param outages failures of the channel to reach anybody, in a row, this one included
 * @param tried when the message was first tried
 * @param wish how long the other side asks us to wait, ms
 * @param chance from 0 to 1: many messages that failed together do not come back together
 */
export function judgeFailure(
  kind: FailureKind,
  { attempts, outages, tried, wish }: { attempts: number; outages: number; tried: number; wish: number | null },
  now: number,
  chance: number,
): Verdict {
  const wished = Math.min(wish ?? 0, longestWish)
  if (kind === 'locked-out') return { message: 'paused', hold: now + Math.max(lockedPause, wished) }
  if (kind === 'refused' || (now - tried >= givenUpAfter && attempts >= givenUpAfterTries)) return { message: 'dead', hold: null }
  const pause = (tries: number, longest: number) => Math.max(Math.min(firstPause * 2 ** (tries - 1), longest), wished) * (1 + chance / 5)
  if (kind === 'later') return { message: 'later', next: now + pause(attempts, longestPause), hold: null }
  const hold = now + pause(outages, longestOutagePause)
  return { message: 'later', next: hold, hold }
}
