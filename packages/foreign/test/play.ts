import { readFileSync } from 'node:fs'
import { matches } from '@hearthwatch/protocol'
import { createForeign, type Effect, type Facts, parseFollow, quantityFor, roomFor } from '../index.ts'

interface Line {
  topic: string
  payload: string
  retain: boolean
}

export interface ExpectedDevice {
  id: string
  name: string
  room: string
  roomFrom: string
  adapter: string
  via: string | null
  status: string
  silentAfter: number | null
  quantities: Record<string, { value: number; unit: string }>
}

export interface Expected {
  about: string
  devices: ExpectedDevice[]
  readings: { at: string; device: string | null; quantity: string; value: number; time: number | null; optional?: true }[]
  status: { at: string; device: string; status: string | null }[]
  ignored: { at: string; why: string; optional?: true }[]
  notUnderstood: { at: string; entity: string; why: string }[]
}

export interface Stored {
  at: string
  device: string
  quantity: string
  value: number
  time: number | null
}

export interface Played {
  expected: Expected
  stored: Stored[]
  /** Status of each device after each line. */
  status: Map<string, Map<string, string>>
  devices: Map<string, { facts: Facts; room: string; roomFrom: string; status: string; values: Map<string, number> }>
  notUnderstood: { topic: string; entity: string; why: string }[]
}

/** The monitor of the fixtures subscribes now, ms. */
const start = 1_768_462_200_000

const folder = new URL('fixtures/', import.meta.url)

function linesOf(name: string, file: string): Line[] {
  try {
    return readFileSync(new URL(`${name}/${file}.jsonl`, folder), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  } catch {
    return []
  }
}

/** Plays a fixture to the adapters, as a broker would deliver it. */
export function play(name: string, follow: string): Played {
  const parsed = parseFollow(follow)
  if (typeof parsed === 'string') throw new Error(parsed)
  const foreign = createForeign(parsed)
  const expected: Expected = JSON.parse(readFileSync(new URL(`${name}/expected.json`, folder), 'utf8'))
  const retained = new Map<string, { payload: string; at: string }>()
  for (const [i, { topic, payload }] of linesOf(name, 'retained').entries()) retained.set(topic, { payload, at: `retained:${i + 1}` })
  const played: Played = { expected, stored: [], status: new Map(), devices: new Map(), notUnderstood: [] }
  const subscribed = new Set<string>()
  const numbers = new Map<string, Record<string, string>>()

  function apply(effect: Effect, at: string): void {
    if (effect.kind === 'device') {
      const { facts } = effect
      const before = played.devices.get(facts.id)
      if (facts.isGateway) return
      const { room, from } = roomFor(facts)
      const status = before?.status === 'gone' ? 'unknown' : (before?.status ?? 'unknown')
      const kept = before ? { room: before.room, roomFrom: before.roomFrom } : { room, roomFrom: from }
      played.devices.set(facts.id, { facts, ...kept, status, values: before?.values ?? new Map() })
      return
    }
    if (effect.kind === 'refused' || effect.kind === 'keep') return
    const device = played.devices.get(effect.device)
    if (device === undefined) return
    if (effect.kind === 'gone') device.status = 'gone'
    if (effect.kind === 'status') device.status = effect.status
    if (effect.kind === 'life') device.status = 'online'
    if (effect.kind !== 'reading') return
    const known = numbers.get(effect.device) ?? {}
    const quantity = quantityFor(known, effect.entity, effect.quantity)
    if (quantity === null) return
    numbers.set(effect.device, { ...known, [effect.entity]: quantity })
    if (effect.retained) return
    if (effect.fresh) device.status = 'online'
    device.values.set(quantity, effect.value)
    played.stored.push({ at, device: effect.device, quantity, value: effect.value, time: effect.time })
  }

  function deliver({ topic, payload }: Pick<Line, 'topic' | 'payload'>, isRetained: boolean, at: string, time: number): void {
    for (const effect of foreign.take(topic, Buffer.from(payload), isRetained, time)) apply(effect, at)
    subscribe(time)
    played.status.set(at, new Map([...played.devices].map(([id, { status }]) => [id, status])))
  }

  function subscribe(time: number): void {
    const fresh = foreign.filters().filter((filter) => !subscribed.has(filter))
    for (const filter of fresh) subscribed.add(filter)
    for (const filter of subscribed) if (!foreign.filters().includes(filter)) subscribed.delete(filter)
    for (const filter of fresh)
      for (const [topic, { payload, at }] of retained) if (matches(filter, topic)) deliver({ topic, payload }, true, at, time)
  }

  subscribe(start)
  played.status.set('start', new Map([...played.devices].map(([id, { status }]) => [id, status])))
  for (const [i, line] of linesOf(name, 'traffic').entries()) {
    const at = `traffic:${i + 1}`
    if (line.retain && line.payload === '') retained.delete(line.topic)
    else if (line.retain) retained.set(line.topic, { payload: line.payload, at })
    if (!foreign.filters().some((filter) => matches(filter, line.topic))) {
      played.status.set(at, new Map([...played.devices].map(([id, { status }]) => [id, status])))
      continue
    }
    deliver(line, false, at, start + i * 1000)
  }
  played.notUnderstood = foreign.notUnderstood()
  return played
}
