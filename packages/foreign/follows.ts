import { isFilter, isTopic, matches, parseTopic } from '@hearthwatch/protocol'
import type { Message } from './message.ts'

interface Follower {
  owner: string
  filter: string
  take(message: Message): void
}

/** True for a topic of our own tree that foreign devices never speak for. */
export function isOurs(topic: string): boolean {
  if (/^(?:device|monitor)(?:\/|$)/.test(topic)) return true
  const name = topic.startsWith('home/') ? parseTopic(topic)?.name : undefined
  return name === 'reading' || name === 'alert' || name === 'status'
}

/** The refusal of a topic that needs no word: the reading has its own way in. */
export const oneOfOurs = 'state topic is one of ours'

const lastLevel = (filter: string) => filter.slice(filter.lastIndexOf('/') + 1)

/** Why this state topic is not followed; null: it may be. */
export function refusalOf(filter: string): string | null {
  if (filter.startsWith('$')) return 'state topic of the broker'
  if (!isFilter(filter) || filter.length > 1000) return 'state topic is no topic filter'
  if (/^[+#]$/.test(lastLevel(filter))) return 'state topic has no literal level'
  if (isTopic(filter) && isOurs(filter)) return oneOfOurs
  return null
}

/** The topic filters of announced devices, and their followers. */
export function createFollows() {
  const literal = new Map<string, Follower[]>()
  /** By their last level, which is never a wildcard. */
  const wild = new Map<string, Follower[]>()
  const owned = new Map<string, Follower[]>()
  const counts = new Map<string, number>()

  const indexOf = (filter: string) => (isTopic(filter) ? ([literal, filter] as const) : ([wild, lastLevel(filter)] as const))

  return {
    add(follower: Follower): void {
      const [index, key] = indexOf(follower.filter)
      const beside = index.get(key)
      if (beside) beside.push(follower)
      else index.set(key, [follower])
      owned.set(follower.owner, [...(owned.get(follower.owner) ?? []), follower])
      counts.set(follower.filter, (counts.get(follower.filter) ?? 0) + 1)
    },

    remove(owner: string): void {
      for (const follower of owned.get(owner) ?? []) {
        const [index, key] = indexOf(follower.filter)
        const others = (index.get(key) ?? []).filter((other) => other !== follower)
        if (others.length > 0) index.set(key, others)
        else index.delete(key)
        const left = (counts.get(follower.filter) ?? 1) - 1
        if (left > 0) counts.set(follower.filter, left)
        else counts.delete(follower.filter)
      }
      owned.delete(owner)
    },

    of(topic: string): readonly Follower[] {
      const found = literal.get(topic) ?? []
      const near = wild.get(lastLevel(topic))
      return near === undefined ? found : [...found, ...near.filter(({ filter }) => matches(filter, topic))]
    },

    filters: (): Iterable<string> => counts.keys(),
    get size() {
      return counts.size
    },
  }
}
