import type { Log } from '@hearthwatch/log'
import { type Link, NotConnected } from '@hearthwatch/mqtt'

/** Announcements of many devices arrive together: one request for all of them. ms */
const pause = 100
/** Filters in one request: a packet of 64 KB has room for as many of 600 characters. */
const mostInRequest = 100

export interface FollowTopicsOptions {
  link(): Link
  /** The topic filters to be subscribed. */
  wanted(): Iterable<string>
  log: Log
}

export type FollowedTopics = ReturnType<typeof followTopics>

/** Subscribes to the topics of foreign devices, at QoS 0, as they are announced. They never hold back our own. */
export function followTopics({ link, wanted, log }: FollowTopicsOptions) {
  let subscribed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()

  async function update(): Promise<void> {
    const now = new Set(wanted())
    const added = [...now].filter((filter) => !subscribed.has(filter))
    const left = [...subscribed].filter((filter) => !now.has(filter))
    subscribed = now
    for (const filters of chunks(added)) await attempt(() => link().subscribe(Object.fromEntries(filters.map((filter) => [filter, 0]))))
    for (const filters of chunks(left)) await attempt(() => link().unsubscribe(filters))
  }

  async function attempt(request: () => Promise<void>): Promise<void> {
    try {
      await request()
    } catch (error) {
      // The next connection subscribes again.
      if (error instanceof NotConnected) return
      log.warn('topics of foreign devices are not followed; may this user read them?', { error: error as Error })
    }
  }

  function start(): void {
    timer = undefined
    working = working.then(update)
  }

  return {
    /** A new connection: the broker may know none of the subscriptions. */
    connected(): void {
      subscribed.clear()
      clearTimeout(timer)
      start()
    },

    /** The wanted filters have changed. */
    changed(): void {
      timer ??= setTimeout(start, pause)
    },

    close(): Promise<void> {
      clearTimeout(timer)
      return working
    },
  }
}

function chunks(filters: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(filters.length / mostInRequest) }, (_, i) =>
    filters.slice(i * mostInRequest, (i + 1) * mostInRequest),
  )
}
