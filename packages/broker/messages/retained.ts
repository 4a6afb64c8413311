import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AedesPublishPacket } from 'aedes'
import { openFilters, unlimited } from './filters.ts'

export interface RetainedLimits {
  retainedMessages: number
  retainedBytes: number
  /** Retained messages of one user, and their bytes. Without it one stolen login could use up those of all. */
  retainedPerUser: RetainedQuota
  /** Other quotas, by user name. */
  retainedQuotas: Readonly<Record<string, RetainedQuota>>
}

export interface RetainedQuota {
  messages: number
  bytes: number
}

export interface RetainedOptions {
  limits: RetainedLimits
  /** True if the user may publish on the topic. */
  mayWrite(user: string, topic: string): boolean
  /** A message was not retained: its user's quota, or the limit of all, is reached. */
  onFull(user: string, limit: 'quota' | 'all'): void
}

export type RetainedPacket = Omit<AedesPublishPacket, 'dup'> & { clientId?: string }

/** Time for look-ups before other clients are served. ms */
const msPerTurn = 5

/** The last retained message of each topic. */
export function openRetained({ limits, mayWrite, onFull }: RetainedOptions) {
  const kept = new Map<string, RetainedPacket>()
  const total = { messages: 0, bytes: 0 }
  const used = new Map<string, RetainedQuota>()
  const quotas = new Map(Object.entries(limits.retainedQuotas))
  const all = { messages: limits.retainedMessages, bytes: limits.retainedBytes }
  let previous: Promise<unknown> = Promise.resolve()
  /** Time spent on look-ups in this turn of the event loop. ms */
  let spent = 0

  const usedBy = (user: string) => used.get(user) ?? { messages: 0, bytes: 0 }
  const count = (packet: RetainedPacket, sign: 1 | -1) => {
    const user = packet.clientId ?? ''
    const own = usedBy(user)
    for (const sum of [total, own]) {
      sum.messages += sign
      sum.bytes += sign * sizeOf(packet)
    }
    if (own.messages === 0) used.delete(user)
    else used.set(user, own)
  }
  const remove = (topic: string) => {
    const old = kept.get(topic)
    if (old === undefined) return
    count(old, -1)
    kept.delete(topic)
  }
  const matching = (filters: readonly string[]) => {
    // A message stays hidden while its sender has lost the right to publish it, as with check_retain_source of Mosquitto.
    const isOffered = ({ clientId, topic }: RetainedPacket) => clientId === undefined || mayWrite(clientId, topic)
    if (!filters.some((filter) => /[+#]/.test(filter))) {
      return filters.flatMap((filter) => kept.get(filter) ?? []).filter(isOffered)
    }
    const tree = openFilters(unlimited)
    for (const filter of filters) tree.set(filter, 0)
    return [...kept.values()].filter((packet) => tree.best(packet.topic) !== undefined && isOffered(packet))
  }

  return {
    keep(packet: RetainedPacket) {
      remove(packet.topic)
      if (packet.payload.length === 0) return
      const user = packet.clientId ?? ''
      const size = sizeOf(packet)
      const isAbove = (sum: RetainedQuota, limit: RetainedQuota) => sum.messages >= limit.messages || sum.bytes + size > limit.bytes
      if (isAbove(usedBy(user), quotas.get(user) ?? limits.retainedPerUser)) return onFull(user, 'quota')
      if (isAbove(total, all)) return onFull(user, 'all')
      kept.set(packet.topic, { ...packet })
      count(packet, 1)
    },
    /** The messages that match. Many subscriptions at once are looked up one after the other, and others are served between. */
    stream(filters: readonly string[]): Readable {
      const found = previous.then(async () => {
        if (spent > msPerTurn) await nextTurn()
        if (spent === 0) {
          setImmediate(() => {
            spent = 0
          })
        }
        const start = performance.now()
        const packets = matching(filters)
        spent += performance.now() - start
        return packets
      })
      previous = found
      return Readable.from(
        (async function* () {
          yield* await found
        })(),
      )
    },
  }
}

function sizeOf({ topic, payload }: { topic: string; payload: string | Buffer }): number {
  return topic.length + payload.length
}
