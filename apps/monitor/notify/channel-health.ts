import type { FailureKind } from './channels/channel.ts'
import type { Localized } from './text/localized.ts'

/** A channel that reaches nobody for so long is stuck, ms: not every restart of a router is worth a word. */
const stuckAfter = 15 * 60_000

/** What a channel as a whole suffers from; what a single message does is not its trouble. */
export function watchTrouble() {
  let trouble: { why: Localized; isPaused: boolean; since: number } | null = null
  let outages = 0

  return {
    /** @returns failures to reach anybody in a row, this one included */
    failed(kind: FailureKind, why: Localized, at: number): number {
      outages = kind === 'unreachable' ? outages + 1 : 0
      if (kind === 'unreachable' || kind === 'locked-out')
        trouble = { why, isPaused: kind === 'locked-out', since: Math.min(trouble?.since ?? at, at) }
      return outages
    },

    /** A message got out. @returns whether that is news */
    over(): boolean {
      const was = trouble !== null
      trouble = null
      outages = 0
      return was
    },

    get why(): Localized | null {
      return trouble?.why ?? null
    },

    /** Until a person puts the settings right. */
    get isPaused(): boolean {
      return trouble?.isPaused === true
    },

    isStuck: (at: number) => trouble !== null && (trouble.isPaused || at - trouble.since >= stuckAfter),
  }
}
