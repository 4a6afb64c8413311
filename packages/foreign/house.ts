import { checkValue, inOwnUnit, PayloadError } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import { createFollows, isOurs, refusalOf } from './follows.ts'
import type { Effect, Facts, ForeignStatus, House, Message, NotUnderstood } from './message.ts'

/** A large home stays far below. */
const most = { devices: 2000, follows: 8000, notUnderstood: 500, lastTexts: 10_000, lastValues: 10_000 }

interface Known {
  facts: Facts
  /** By its own availability and its messages. */
  own: 'online' | 'offline' | null
  gateways: Set<string>
  /** Own time of its last message, ms. */
  time: number
  shown: ForeignStatus
}

/** The foreign devices as far as memory knows them: descriptions come again with each start. */
export function createHouse() {
  const known = new Map<string, Known>()
  const gateways = new Map<string, boolean>()
  /** Devices by gateway. */
  const heard = new Map<string, Set<string>>()
  const follows = createFollows()
  const problems = new Map<string, Map<string, NotUnderstood>>()
  const restarts = new Map<string, number>()
  const lastTexts = new Map<string, string>()
  const lastValues = new Map<string, { value: number; time: number }>()
  let version = 0

  let effects: Effect[] = []
  let current: Message = { topic: '', payload: { text: '', json: null }, bytes: 0, retained: false, at: 0 }
  /** Devices that the current message is from: true if it proves that they are alive. */
  const seen = new Map<string, boolean>()

  const isDown = ({ gateways: through }: Known) => through.size > 0 && [...through].every((id) => gateways.get(id) === false)

  function show(id: string, device: Known): void {
    const status = isDown(device) && device.own !== 'offline' ? 'unknown' : (device.own ?? 'unknown')
    if (status === device.shown) return
    device.shown = status
    effects.push({ kind: 'status', device: id, status, retained: current.retained })
  }

  /** A message that equals the last one of its topic, within a minute of a restart, is a cached state. */
  function isCached(device: Known): boolean {
    const since = Math.max(restarts.get('') ?? 0, ...[...device.gateways].map((id) => restarts.get(id) ?? 0))
    return current.at - since < minute && lastTexts.get(current.topic) === current.payload.text
  }

  const house: House = {
    device(facts) {
      const before = known.get(facts.id)
      if (before === undefined && known.size >= most.devices) {
        effects.push({
          kind: 'refused',
          topic: current.topic,
          reason: 'too-many-devices',
          why: `more than ${most.devices} foreign devices`,
        })
        return false
      }
      if (before && JSON.stringify(before.facts) === JSON.stringify(facts)) return true
      if (before) before.facts = facts
      else known.set(facts.id, { facts, own: null, gateways: new Set(), time: 0, shown: 'unknown' })
      effects.push({ kind: 'device', facts })
      return true
    },

    gone(id) {
      const device = known.get(id)
      if (device === undefined) return
      for (const gateway of device.gateways) heard.get(gateway)?.delete(id)
      known.delete(id)
      effects.push({ kind: 'gone', device: id })
    },

    follow(owner, filter, take) {
      if (refusalOf(filter) !== null || follows.size >= most.follows) return false
      version += 1
      follows.add({ owner, filter, take })
      return true
    },

    unfollow(owner) {
      follows.remove(owner)
      version += 1
      problems.delete(owner)
    },

    reading(id, { entity, quantity, unit, value, time }) {
      const device = known.get(id)
      if (device === undefined || isCached(device)) return
      let own: number
      try {
        own = checkValue(inOwnUnit(value, unit, quantity), quantity)
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
        effects.push({ kind: 'refused', topic: current.topic, reason: error.fault, why: error.message })
        return
      }
      const key = `${id}\0${entity}`
      const last = lastValues.get(key)
      if (time !== null && !current.retained && last?.time === time && last.value === own) return
      if (time !== null && !current.retained) {
        if (lastValues.size >= most.lastValues) lastValues.clear()
        lastValues.set(key, { value: own, time })
      }
      const fresh = !current.retained && (time === null || time >= device.time)
      effects.push({ kind: 'reading', device: id, entity, quantity, value: own, time, retained: current.retained, fresh })
    },

    seen(id, time) {
      const device = known.get(id)
      if (device === undefined || current.retained || isCached(device)) return
      const isNew = time === null || time > device.time
      if (time !== null) device.time = Math.max(device.time, time)
      seen.set(id, (seen.get(id) ?? false) || isNew)
    },

    available(id, isOnline) {
      const device = known.get(id)
      if (device === undefined) return
      device.own = isOnline ? 'online' : 'offline'
      if (!isOnline) seen.delete(id)
      show(id, device)
      // Shown already, and yet news for the monitor: a device that was online before our start.
      if (!current.retained && isOnline && !isDown(device)) seen.set(id, true)
    },

    through(id, gateway) {
      const device = known.get(id)
      if (device === undefined || device.gateways.has(gateway)) return
      device.gateways.add(gateway)
      const others = heard.get(gateway)
      if (others) others.add(id)
      else heard.set(gateway, new Set([id]))
      show(id, device)
    },

    gateway(facts, isOnline) {
      const { id } = facts
      const before = gateways.get(id)
      if (before === undefined && gateways.size >= most.devices) return
      gateways.set(id, isOnline)
      const nothing = { maker: null, model: null, version: null, via: null, area: null, silentAfter: null }
      if (known.get(id)?.facts.isGateway !== false) house.device({ ...nothing, ...facts, isGateway: true })
      if (isOnline && before === false) house.restarted(id)
      house.available(id, isOnline)
      for (const each of heard.get(id) ?? []) {
        const device = known.get(each)
        if (device) show(each, device)
      }
    },

    restarted(gateway) {
      if (!current.retained) restarts.set(gateway ?? '', current.at)
    },

    notUnderstood(owner, entity, found) {
      if (problems.size >= most.notUnderstood && !problems.has(owner)) return
      const of = problems.get(owner) ?? new Map<string, NotUnderstood>()
      problems.set(owner, of)
      of.set(entity, { topic: owner, entity, ...found })
    },

    keep(isOver) {
      effects.push({ kind: 'keep', topic: current.topic, payload: current.payload.text, isOver })
    },

    isAnnounced: (topic) => follows.of(topic).length > 0,
  }

  return {
    house,

    /** Carries out what a message of these topics means. */
    take(message: Message, adapters: readonly { take(message: Message): void }[]): Effect[] {
      current = message
      effects = []
      seen.clear()
      const followers = isOurs(message.topic) ? [] : follows.of(message.topic)
      for (const follower of [...followers]) follower.take(message)
      for (const adapter of adapters) adapter.take(message)
      for (const [id, isNew] of seen) {
        const device = known.get(id)
        if (device === undefined || !isNew) continue
        device.own = 'online'
        show(id, device)
        // A message that came through a gateway proves that the gateway is alive.
        for (const gateway of device.gateways)
          if (device.gateways.size === 1 && gateways.get(gateway) && !seen.has(gateway)) effects.push({ kind: 'life', device: gateway })
        if (device.shown === 'online' && !effects.some((effect) => effect.kind === 'reading' && effect.device === id && effect.fresh))
          effects.push({ kind: 'life', device: id })
      }
      if (followers.length > 0 && message.payload.text.length < 4096) {
        if (lastTexts.size >= most.lastTexts) lastTexts.clear()
        lastTexts.set(message.topic, message.payload.text)
      }
      return effects
    },

    /** The filters of announced topics. `version` changes with them. */
    filters: follows.filters,
    get version() {
      return version
    },
    isFollowed: (topic: string) => !isOurs(topic) && follows.of(topic).length > 0,
    notUnderstood: (): NotUnderstood[] => [...problems.values()].flatMap((of) => [...of.values()]),
  }
}
