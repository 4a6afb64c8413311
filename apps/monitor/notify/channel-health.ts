import { minute } from '@hearthwatch/protocol/durations'
import type { FailureKind } from './channels/channel.ts'
import type { Localized } from './text/localized.ts'

/** A channel that has failed for this long is stuck. Shorter failures, such as a router's restart, are not reported. ms */
const stuckAfter = 15 * minute

/** The state of a channel as a whole. A failure that concerns a single message does not count. */
export function createChannelHealth() {
  let failure: { why: Localized; isPaused: boolean; since: number } | null = null
  let outages = 0

  return {
    /** @returns number of consecutive failures to reach the service, including this one */
    failed(kind: FailureKind, why: Localized, at: number): number {
      outages = kind === 'unreachable' ? outages + 1 : 0
      if (kind === 'unreachable' || kind === 'locked-out')
        failure = { why, isPaused: kind === 'locked-out', since: Math.min(failure?.since ?? at, at) }
      return outages
    },

    /** A message was delivered. @returns true if the channel failed before */
    recovered(): boolean {
      const hadFailed = failure !== null
      failure = null
      outages = 0
      return hadFailed
    },

    get why(): Localized | null {
      return failure?.why ?? null
    },

    /** True until a person corrects the settings. */
    get isPaused(): boolean {
      return failure?.isPaused === true
    },

    isStuck: (at: number) => failure !== null && (failure.isPaused || at - failure.since >= stuckAfter),
  }
}
