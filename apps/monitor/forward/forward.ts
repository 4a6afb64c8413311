import { setTimeout as delay } from 'node:timers/promises'
import { type Log, lastingState } from '@hearthwatch/log'
import { minute, second } from '@hearthwatch/protocol/durations'
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

/** Entries that are sent together, and their bytes: some 10,000 readings. */
const mostEntries = 5000
const mostBytes = 256 * 1024

export interface Forwarding {
  /** The reason why nothing is forwarded; null: all is well. */
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
    const nextAfter = (seq: number) => feed.after(seq, 1)[0]?.seq ?? feed.newest() + 1
    let sent = seq ?? nextAfter(0) - 1
    const isWhole = nextAfter(sent) <= sent + 1
    if ((!isKnown || !isWhole) && feed.rebuild === null) feed.rebuild = 0
    feed.forwarded(sent)
    trouble = null
    away.end('forwarding again', { site })
    let sends = 0
    const drain = async () => {
      const next = () => feed.after(sent, mostEntries, mostBytes)
      for (let rows = next(); rows.length > 0 && !signal.aborted; rows = next()) {
        await target.send(rows)
        sent = rows.at(-1)?.seq ?? sent
        // One write of the disk for many entries.
        if (++sends % 10 === 0) feed.forwarded(sent)
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
