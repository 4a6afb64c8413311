import { parseTopic } from '@hearthwatch/protocol'

/** The last event of each kind of a login, with its time in ms since the epoch; null: none yet. */
export interface LoginEvents {
  connected: { time: number } | null
  /** A refused login: its password is wrong. */
  refused: { time: number; address: string } | null
  /** A message on a topic that the access list forbids. */
  denied: { time: number; topic: string } | null
  /** A live reading. */
  reading: { time: number; topic: string; text: string } | null
}

/** Most logins that are watched at the same time; the oldest is dropped. */
const mostWatched = 50
/** Characters of a topic or a reading that are kept. */
const longest = 256

export type WatchedLogins = ReturnType<typeof watchLogins>

/** Records what becomes of new logins, for the person who sets up a sensor. Logins that are not watched cost nothing. */
export function watchLogins(now: () => number = Date.now) {
  const watched = new Map<string, LoginEvents>()
  const record = <K extends keyof LoginEvents>(user: string, kind: K, about: Omit<NonNullable<LoginEvents[K]>, 'time'>) => {
    const events = watched.get(user)
    if (events) events[kind] = { time: now(), ...about } as LoginEvents[K]
  }
  return {
    /** The events of this user since the first call. */
    eventsOf(user: string): LoginEvents {
      const events = watched.get(user) ?? { connected: null, refused: null, denied: null, reading: null }
      watched.delete(user)
      watched.set(user, events)
      const [oldest] = watched.keys()
      if (watched.size > mostWatched && oldest !== undefined) watched.delete(oldest)
      return events
    },
    connected: (user: string) => record(user, 'connected', {}),
    refused: (user: string, address: string) => record(user, 'refused', { address }),
    denied: (user: string, topic: string) => record(user, 'denied', { topic: topic.slice(0, longest) }),
    published(user: string, topic: string, payload: string | Buffer): void {
      if (!watched.has(user) || parseTopic(topic)?.name !== 'reading') return
      record(user, 'reading', { topic, text: payload.toString('utf8').slice(0, longest) })
    },
  }
}
