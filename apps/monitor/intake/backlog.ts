import { type Log, lastingState } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import type { Parsed } from '@hearthwatch/protocol'

/**
 * Longest work on packets before pages, timers and the socket have a turn. CPU time, because a busy machine stops the process
 * in between. ms
 */
const longestTurn = 10
/**
 * Turns of the event loop that only read, between two that work on waiting packets, for as long as packets arrive. The queue of
 * the broker and the socket would otherwise grow, and no packet in it can be skipped.
 */
const readingTurns = 2
/** Packets are skipped only after one has waited for this long. A device repeats a batch after 5 s. ms */
const busy = 1000
/** Above this size of all waiting payloads the socket is not read, and the broker queues instead. Bytes. */
const mostBytes = 64 * 1024 * 1024
/** A payload of few bytes takes more memory than its own length. Bytes */
const overhead = 500
/** Entries that are done are freed by this many, so that each one costs little. */
const forgetAfter = 10_000

type Stored = Promise<void> | undefined

/** Packets that are not processed, because a newer one or the record has the same content. */
export type Repeated = 'reading' | 'batch' | 'heartbeat'

export interface BacklogOptions {
  /** Parses a packet and passes it on. @returns resolves when it may be acknowledged; undefined: at once */
  take(packet: Packet, late: boolean): Stored
  /** Traces a packet that is not processed. */
  skip(packet: Packet, late: boolean): void
  lookUp(topic: string): Parsed | null
  /** True if a record brings the readings of this topic. */
  isRecorded(topic: string): boolean
  /** True if the value of a live packet changes no alert. */
  isCalm(packet: Packet): boolean
  log: Log
}

interface Entry {
  work(): void
  /** When it began to wait, ms of `performance.now`. */
  since: number
  bytes: number
}

/** A waiting packet that a newer one of its topic may replace. */
interface Slot {
  packet: Packet
  entry: Entry
}

/**
 * Packets that wait while the monitor is too busy to process each one as it arrives. On a monitor that is fast enough, none waits.
 * They are processed in the order of their arrival. Meanwhile the monitor keeps reading the socket, and skips three kinds of
 * packets whose content another packet has as well.
 *
 * A device sends a batch again if the answer is late. The newer batch takes the place of the waiting one, which is never unpacked.
 * A newer heartbeat takes the place of a waiting one in the same way. A live reading never waits: it is skipped if a record
 * brings it and it changes no alert.
 */
export function createBacklog({ take, skip, lookUp, isRecorded, isCalm, log }: BacklogOptions) {
  let entries: Entry[] = []
  let next = 0
  /** The waiting batch and heartbeat of each device, by topic. */
  const newest = new Map<string, Slot>()
  let bytes = 0
  let turnBegun: { wall: number; cpu: number } | null = null
  let arrived = 0
  let readOnly = 0
  const skipped: Record<Repeated, number> = { reading: 0, batch: 0, heartbeat: 0 }
  const overloaded = lastingState(log, 'warn')

  const isWaiting = () => next < entries.length
  const delay = () => (isWaiting() ? performance.now() - (entries[next] as Entry).since : 0)
  const sizeOf = ({ payload }: Packet) => payload.length + overhead
  const entryFor = (packet: Packet, work: () => void): Entry => ({ work, since: performance.now(), bytes: sizeOf(packet) })

  /** True if this turn of the event loop has time left. */
  function hasTime(): boolean {
    const { wall, cpu } = turnBegun ?? beginTurn()
    // Asking for the CPU time costs a microsecond, so the clock comes first.
    return performance.now() - wall < longestTurn || cpuTime() - cpu < longestTurn
  }

  function beginTurn() {
    const begun = { wall: performance.now(), cpu: cpuTime() }
    turnBegun = begun
    setImmediate(() => {
      turnBegun = null
      if (isWaiting()) workOn()
    })
    return begun
  }

  function workOn(): void {
    beginTurn()
    const mayRead = arrived > 0 && readOnly < readingTurns
    readOnly = mayRead ? readOnly + 1 : 0
    arrived = 0
    if (mayRead) return
    while (isWaiting() && hasTime()) workOnNext()
    if (!isWaiting()) overloaded.end('packets are processed as they arrive again')
  }

  function workOnNext(): void {
    const entry = entries[next] as Entry
    next += 1
    bytes -= entry.bytes
    if (next === entries.length || next > forgetAfter) {
      entries = entries.slice(next)
      next = 0
    }
    entry.work()
  }

  function wait(entry: Entry): void {
    entries.push(entry)
    grow(entry.bytes)
  }

  function grow(more: number): void {
    bytes += more
    while (bytes > mostBytes) workOnNext()
  }

  /** Waits in the place of an older packet of the same topic. */
  function waitAsNewest(kind: Repeated, packet: Packet, late: boolean): void {
    const { topic } = packet
    const older = newest.get(topic)
    if (older === undefined || performance.now() - older.entry.since < busy) {
      const slot: Slot = {
        packet,
        entry: entryFor(packet, () => {
          if (newest.get(topic) === slot) newest.delete(topic)
          take(slot.packet, late)
        }),
      }
      newest.set(topic, slot)
      return wait(slot.entry)
    }
    skip(older.packet, late)
    skipped[kind] += 1
    const more = sizeOf(packet) - older.entry.bytes
    older.packet = packet
    older.entry.bytes += more
    grow(more)
  }

  return {
    /** Processes a packet, now or later. @returns resolves when it may be acknowledged; undefined: at once */
    add(packet: Packet, late: boolean): Stored {
      arrived += 1
      if (!isWaiting() && hasTime()) return take(packet, late)
      const name = lookUp(packet.topic)?.name
      const isRepeatable = packet.qos === 0 && !packet.retain
      if (isRepeatable && name === 'reading' && isRecorded(packet.topic)) {
        if (delay() < busy || !isCalm(packet)) return take(packet, late)
        overloaded.begin('packets arrive faster than they can be processed; live values are left out, the records bring them')
        skipped.reading += 1
        skip(packet, late)
        return undefined
      }
      if (isRepeatable && name === 'readings') return void waitAsNewest('batch', packet, late)
      if (isRepeatable && name === 'heartbeat') return void waitAsNewest('heartbeat', packet, late)
      // Rows belong to the room that the info before them names.
      if (name === 'info') newest.delete(packet.topic.replace(/info$/, 'readings'))
      const { promise, resolve } = Promise.withResolvers<void>()
      wait(entryFor(packet, () => resolve(take(packet, late))))
      return packet.qos === 0 ? undefined : promise
    },

    /** Calls back when all packets that wait now are processed. */
    afterAll(work: () => void): void {
      if (isWaiting()) wait({ work, since: performance.now(), bytes: 0 })
      else work()
    },

    /** Number of packets that wait. */
    get waiting() {
      return entries.length - next
    },
    /** Number of packets that were not processed since the start. */
    skipped: skipped as Readonly<Record<Repeated, number>>,

    /** Processes all that waits, now. */
    flush(): void {
      while (isWaiting()) workOnNext()
    },
  }
}

/** CPU time of this process, ms. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
