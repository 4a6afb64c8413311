import { setTimeout as delay } from 'node:timers/promises'
import { type Log, lastingState } from '@hearthwatch/log'
import { minute, second } from '@hearthwatch/protocol/durations'
import type { FeedRow } from '../store/feed.ts'
import type { Store } from '../store/store.ts'
import { rebuild } from './rebuild.ts'
import { kindOf } from './registry.ts'
import type { Target } from './target.ts'

export interface ForwardOptions {
  url: string
  site: string
  /** The id of this database. */
  instance: string
  store: Pick<Store, 'feed' | 'readings'>
  timing?: Partial<typeof timings> | undefined
  log: Log
}

/** ms */
export const timings = {
  /** Between two looks at the feed. */
  pause: second,
  /** A site without news says that it is alive. */
  heartbeat: 20 * second,
  /** A site that says nothing for this long may get another monitor. */
  patience: minute,
  /** Between two attempts to connect: at first, and at most. */
  retry: second,
  longestRetry: minute,
}

/** Readings that are sent together. */
const together = 5000
/** Entries that are read together. */
const mostEntries = 1000

export interface Forwarding {
  /** What keeps it from forwarding; null: nothing. */
  readonly trouble: string | null
  close(): Promise<void>
}

/** Copies each stored change to the target, in the order of the commits, each exactly once. It goes on after any interruption. */
export function startForwarding({ url, site, instance, store, timing, log }: ForwardOptions): Forwarding {
  const { feed } = store
  const { pause, heartbeat, patience, retry, longestRetry } = { ...timings, ...timing }
  const stopping = new AbortController()
  const { signal } = stopping
  const away = lastingState(log, 'warn')
  let trouble: string | null = null
  const wait = (ms: number) => delay(ms, undefined, { signal }).catch(() => {})

  async function follow(target: Target): Promise<void> {
    const { seq, isKnown } = await target.open()
    let sent = seq
    const isWhole = (feed.after(sent, 1)[0]?.seq ?? feed.newest() + 1) <= sent + 1
    if ((!isKnown || !isWhole) && feed.rebuild === null) feed.rebuild = 0
    feed.forwarded(sent)
    trouble = null
    away.end('forwarding again', { site })
    const drain = async () => {
      for (let rows = nextRows(sent); rows.length > 0 && !signal.aborted; rows = nextRows(sent)) {
        await target.send(rows)
        sent = rows.at(-1)?.seq ?? sent
        // One write of the disk for many entries.
        if (rows.length >= mostEntries / 2) feed.forwarded(sent)
      }
    }
    let spoken = performance.now()
    while (!signal.aborted) {
      if (feed.rebuild !== null) await rebuild({ target, store, drain, signal, log })
      const before = sent
      await drain()
      if (sent > before) spoken = performance.now()
      else if (performance.now() - spoken > heartbeat) {
        feed.forwarded(sent)
        await target.send([])
        spoken = performance.now()
      }
      await wait(pause)
    }
    feed.forwarded(sent)
  }

  /** As many entries as together have not too many readings, at least one. */
  function nextRows(after: number): FeedRow[] {
    const rows = feed.after(after, mostEntries)
    let readings = 0
    const end = rows.findIndex(({ entry }, i) => {
      readings += (entry.readings ?? []).reduce((sum, { rows }) => sum + rows.length, 0)
      return readings > together && i > 0
    })
    return end === -1 ? rows : rows.slice(0, end)
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const kind = kindOf(url)
      if (kind === undefined) return
      const target = await kind.create({ url: new URL(url), site, instance, patience })
      try {
        await follow(target)
      } catch (error) {
        if (signal.aborted) return
        // A connection that worked for a while starts anew.
        if (trouble === null) attempt = 0
        trouble = (error as Error).message
        away.begin('nothing is forwarded; the changes wait here', { site, why: trouble })
      } finally {
        await target.close()
      }
      await wait(Math.min(longestRetry, retry * 2 ** Math.min(attempt, 10)))
    }
  }
  const running = run().catch((error) => log.error('forwarding has stopped', { error }))

  return {
    get trouble() {
      return trouble
    },
    async close() {
      stopping.abort()
      await running
    },
  }
}
