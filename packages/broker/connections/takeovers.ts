import type { Log } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'

/** A login whose connection another one has ended, again and again. */
export interface Takeovers {
  /** Within the last ten minutes. */
  count: number
  /** Addresses of both sides, the newest last. */
  addresses: readonly string[]
}

/** One or two are a sensor that reconnects while its old connection is not closed yet. */
const fewest = 3
const within = 10 * minute
/** Logins that are counted at the same time, and takeovers of each; the oldest are dropped. */
const mostUsers = 1000
const mostTimes = 100

export type TakeoverWatch = ReturnType<typeof watchTakeovers>

/** Counts how often a client with the same login ends another one's connection: in MQTT 3.1.1 neither of them is told why. */
export function watchTakeovers(log: Log, now: () => number = () => performance.now()) {
  const users = new Map<string, { at: number; addresses: [from: string, to: string] }[]>()

  function of(user: string): Takeovers | null {
    const recent = (users.get(user) ?? []).filter(({ at }) => now() - at < within)
    if (recent.length < fewest) return null
    return { count: recent.length, addresses: [...new Set(recent.flatMap(({ addresses }) => addresses))] }
  }

  return {
    /** @returns null: not often enough to mean that two machines use it */
    of,
    /** A client was connected from `from`, and one from `to` has logged in as the same user. */
    add(user: string, from: string, to: string): void {
      const wasKnown = of(user) !== null
      const before = users.get(user) ?? []
      users.delete(user)
      users.set(user, [...before, { at: now(), addresses: [from, to] as [string, string] }].slice(-mostTimes))
      const [oldest] = users.keys()
      if (users.size > mostUsers && oldest !== undefined) users.delete(oldest)
      const takeovers = of(user)
      if (wasKnown || takeovers === null) return
      log.warn('a login is taken over again and again: two machines use it, and each ends the connection of the other', {
        user,
        addresses: takeovers.addresses.join(' '),
      })
    },
  }
}
