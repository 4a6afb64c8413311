import { minute } from '@hearthwatch/protocol/durations'

/** Keys that are remembered; with more of them one may come twice in a minute. */
const mostKeys = 1000

/** True at most once a minute for each key. If the clock was set back, the minute begins anew. */
export function oncePerMinute(): (key: string, at: number) => boolean {
  const last = new Map<string, number>()
  return (key, at) => {
    const before = last.get(key)
    if (before !== undefined && at >= before && at - before < minute) return false
    if (last.size >= mostKeys) last.clear()
    last.set(key, at)
    return true
  }
}
