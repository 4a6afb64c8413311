import { createForeign, type Effect, type Facts, type Followed, type NotUnderstood, quantityFor, roomFor } from '@hearthwatch/foreign'
import type { Packet } from '@hearthwatch/mqtt'
import type { Announcements } from '../store/announcements.ts'
import type { Described, Devices } from '../store/devices.ts'
import type { Refusal } from './bounds.ts'
import type { Message, Reading } from './message.ts'
import type { Trace } from './packet-trace.ts'
import { lateAfter, type Parser } from './parse.ts'

export interface ForeignIntakeOptions {
  /** The adapters of the setting FOLLOW. */
  followed: readonly Followed[]
  devices: Pick<Devices, 'get' | 'all'>
  announcements: Pick<Announcements, 'all'>
  reject: Parser['reject']
  admit(message: Message): Refusal | null
  show(reading: Reading): void
  add(message: Message): Promise<void> | undefined
  /** The topic filters have changed. */
  onFilters(): void
  now(): number
}

export type ForeignIntake = ReturnType<typeof createForeignIntake>

/** A broker that delivers one message for each of two overlapping subscriptions does it at once. ms */
const sameMessage = 20

type Entry = Pick<Described, 'roomFrom' | 'quantities'> & { room: string | null; facts: Facts | null }
type ReadingEffect = Extract<Effect, { kind: 'reading' }>

/** Turns packets of foreign devices into messages of the usual journey. */
export function createForeignIntake(options: ForeignIntakeOptions) {
  const { devices, announcements, reject, admit, show, add, now } = options
  const foreign = createForeign(options.followed)
  const entries = new Map<string, Entry>()
  let last: { topic: string; payload: Buffer; at: number } | null = null
  let version = -1

  for (const { id, room, described } of devices.all())
    if (id !== null && described) entries.set(id, { room, facts: null, roomFrom: described.roomFrom, quantities: described.quantities })
  for (const { topic, payload } of announcements.all())
    if (foreign.wants(topic))
      for (const effect of foreign.take(topic, Buffer.from(payload), true, now())) if (effect.kind === 'device') meet(effect.facts)

  function meet(facts: Facts): void {
    const entry = entries.get(facts.id)
    if (entry) entry.facts = facts
    else {
      const { room, from } = roomFor(facts)
      entries.set(facts.id, { room: facts.isGateway ? null : room, facts, roomFrom: from, quantities: {} })
    }
  }

  /** Stores the description of a device. */
  function describe(id: string, head: Head): void {
    const entry = entries.get(id)
    if (!entry?.facts) return
    const { adapter, name, maker, model, version, via, silentAfter, isGateway } = entry.facts
    const { room, roomFrom, quantities } = entry
    const flags = { isGateway, isGone: false, isIgnored: false }
    const described = { adapter, name, maker, model, version, via, silentAfter, roomFrom, ...flags, quantities }
    add({ ...head, kind: 'described', device: id, room, described })
  }

  /** The quantity under which a value is stored; null if the device has too many. */
  function nameQuantity({ device, entity, quantity }: ReadingEffect, head: Head): string | null {
    const entry = entries.get(device)
    if (entry === undefined) return null
    const name = quantityFor(entry.quantities, entity, quantity)
    if (name === null || entry.quantities[entity] === name) return name
    // Most quantities are numbered by their place, so an entity that is gone keeps its own.
    entry.quantities = { ...entry.quantities, [entity]: name }
    describe(device, head)
    return name
  }

  function read(effect: ReadingEffect, head: Head): Promise<void> | undefined {
    const { device: id, value, time, retained, fresh } = effect
    const row = devices.get(id)
    if (row && (row.described === null || row.described.isIgnored)) return void head.trace?.(row.described ? 'ignored' : 'not ours')
    const quantity = nameQuantity(effect, head)
    const room = row?.room ?? entries.get(id)?.room ?? null
    if (quantity === null || room === null)
      return void reject(head.topic, 'too-many-series', 'more quantities than a device may have', head.at, head.trace)
    const late = time !== null && head.at - time > lateAfter
    const sender = { device: id, isFresh: fresh && !late }
    const reading: Reading = { ...head, retained, late, kind: 'reading', room, quantity, value, time, sender }
    const refusal = admit(reading)
    if (refusal) return void reject(head.topic, refusal.fault, 'the device named the most that are allowed', head.at, head.trace)
    head.trace?.(retained || late ? 'old' : 'shown')
    show(reading)
    return retained ? undefined : add(reading)
  }

  function apply(effect: Effect, head: Head): Promise<void> | undefined {
    switch (effect.kind) {
      case 'device':
        meet(effect.facts)
        if (devices.get(effect.facts.id)?.described || effect.facts.isGateway) describe(effect.facts.id, head)
        return undefined
      case 'reading':
        return read(effect, head)
      case 'life':
        return add({ ...head, kind: 'foreign', device: effect.device, news: 'alive' })
      case 'status':
        return add({ ...head, retained: effect.retained, kind: 'foreign', device: effect.device, news: effect.status })
      case 'gone':
        return add({ ...head, kind: 'foreign', device: effect.device, news: 'gone' })
      case 'keep':
        return add({ ...head, kind: 'announcement', payload: effect.payload, isOver: effect.isOver })
      case 'refused':
        return void reject(effect.topic, effect.reason, effect.why, head.at, head.trace)
    }
  }

  function isCopy({ topic, payload }: Packet, at: number): boolean {
    const before = last
    last = { topic, payload, at }
    return before !== null && before.topic === topic && Math.abs(at - before.at) <= sameMessage && before.payload.equals(payload)
  }

  return {
    /** True for a topic of an announced device or of an adapter. */
    wants: foreign.wants,

    /** @param late the broker had queued it while the monitor was away */
    take(packet: Packet, late: boolean, trace?: Trace): Promise<void> | undefined {
      const at = now()
      if (isCopy(packet, at)) return void trace?.('repeat')
      trace?.('followed')
      const head: Head = { topic: packet.topic, at, retained: packet.retain, late: false, ...(trace && { trace }) }
      const effects = foreign.take(packet.topic, packet.payload, packet.retain || late, at)
      const stored = effects.map((effect) => apply(effect, head)).filter((each) => each !== undefined)
      if (foreign.version !== version) {
        version = foreign.version
        options.onFilters()
      }
      return stored.at(-1)
    },

    /** The topic filters to be subscribed. */
    filters: foreign.filters,

    /** A person has forgotten a device: it begins anew, if it is heard again. */
    forget(id: string): void {
      const facts = entries.get(id)?.facts
      entries.delete(id)
      if (facts) meet(facts)
    },

    /** Announced entities that are not followed. */
    notUnderstood: (): NotUnderstood[] => foreign.notUnderstood(),
  }
}

type Head = Pick<Message, 'topic' | 'at' | 'retained' | 'late' | 'trace'>
