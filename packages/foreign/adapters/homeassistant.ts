import { compile, NotUnderstood, numberIn, type Template } from '@hearthwatch/template'
import { type Source, sourcesOf, stateOf, type Word, wordIn } from '../discovery/availability.ts'
import { type Entity, partsOf, readConfig } from '../discovery/config.ts'
import { oneOfOurs, refusalOf } from '../follows.ts'
import { objectIn } from '../json.ts'
import type { AdapterKind, Message } from '../message.ts'
import { ownTime } from '../time.ts'

const mostEntities = 2000
/** Passive Zigbee devices report at least once a day. s */
const zigbeeSilence = 25 * 3600

interface Followed extends Entity {
  owner: string
  sources: Source[]
  latest: Word | null
}

/** Devices that Home Assistant's discovery describes. They receive no message from us. */
export const homeassistant: AdapterKind = {
  name: 'homeassistant',
  prefix: 'homeassistant',
  isDefault: true,
  reads: (prefix) => [`${prefix}/+/+/config`, `${prefix}/+/+/+/config`, `${prefix}/status`],
  create(prefix, house) {
    const entities = new Map<string, Followed[]>()
    const texts = new Map<string, string>()
    let count = 0
    /** Entities by device. */
    const ofDevice = new Map<string, Set<Followed>>()
    /** Devices that name an availability topic. */
    const namedBy = new Map<string, Map<string, number>>()

    function remove(owner: string): Set<string> {
      const devices = new Set<string>()
      for (const entity of entities.get(owner) ?? []) {
        count -= 1
        devices.add(entity.device.id)
        ofDevice.get(entity.device.id)?.delete(entity)
        for (const { topic } of entity.sources) name(topic, entity.device.id, -1)
      }
      entities.delete(owner)
      texts.delete(owner)
      house.unfollow(owner)
      return devices
    }

    function name(topic: string, device: string, by: 1 | -1): void {
      const devices = namedBy.get(topic) ?? new Map<string, number>()
      const left = (devices.get(device) ?? 0) + by
      if (left > 0) devices.set(device, left)
      else devices.delete(device)
      if (devices.size > 0) namedBy.set(topic, devices)
      else namedBy.delete(topic)
    }

    function add(owner: string, entity: Entity): void {
      const unclear = (why: string) =>
        house.notUnderstood(owner, entity.name, { device: entity.device.name, why, template: entity.template })
      if (count >= mostEntities) return unclear(`more than ${mostEntities} entities`)
      let template: Template | null = null
      let sources: Source[]
      try {
        template = entity.template === null ? null : compile(entity.template)
        sources = sourcesOf(entity)
      } catch (error) {
        if (error instanceof NotUnderstood) return unclear(`template: ${error.message}`)
        throw error
      }
      const { id, via } = entity.device
      const refusal = refusalOf(entity.stateTopic)
      if (refusal === oneOfOurs) return
      if (refusal !== null) return unclear(refusal)
      const followed: Followed = { ...entity, owner, sources, latest: null }
      const beside = ofDevice.get(id) ?? new Set()
      beside.add(followed)
      ofDevice.set(id, beside)
      if (!describe(entity) || !house.follow(owner, entity.stateTopic, (message) => read(followed, template, message))) {
        beside.delete(followed)
        if (beside.size === 0) ofDevice.delete(id)
        return unclear('too many devices or topics')
      }
      count += 1
      entities.set(owner, [...(entities.get(owner) ?? []), followed])
      if (via !== null) house.through(id, via)
      for (const source of sources) {
        name(source.topic, id, 1)
        // A state topic may tell the availability, too; then it comes before the value.
        if (source.topic !== entity.stateTopic) house.follow(owner, source.topic, (message) => hear(followed, source, message))
      }
    }

    function describe({ device, origin }: Entity): boolean {
      const expiries = [...(ofDevice.get(device.id) ?? [])].map(({ expireAfter }) => expireAfter).filter((one) => one !== null)
      const stated = expiries.length > 0 ? Math.max(...expiries) : null
      const silentAfter = stated ?? (origin === 'Zigbee2MQTT' ? zigbeeSilence : null)
      return house.device({ ...device, silentAfter, adapter: 'discovery', isGateway: false })
    }

    /** The gateway that an availability topic belongs to; null: it is the device's own. */
    function gatewayOf(topic: string, { id, via }: Entity['device']): string | null {
      if (via === null) return null
      const devices = namedBy.get(topic)
      if (devices?.has(via) || topic.endsWith('/bridge/state')) return via
      const sameVia = [...(devices?.keys() ?? [])].filter((other) => other !== id && viaOf(other) === via)
      return sameVia.length > 0 ? via : null
    }

    const viaOf = (id: string) => [...(ofDevice.get(id) ?? [])][0]?.device.via ?? null

    function hear(entity: Followed, source: Source, message: Message): void {
      const word = wordIn(source, message)
      if (word === null) return
      const gateway = gatewayOf(source.topic, entity.device)
      if (gateway !== null) {
        // A gateway with entities of its own has the topic among its own.
        const isOnline = ofDevice.has(gateway) ? statusOf(gateway, source, word) : word === 'online'
        return house.gateway({ id: gateway, name: viaName(gateway), adapter: 'discovery' }, isOnline)
      }
      source.last = word
      entity.latest = word
      decide(entity.device.id)
    }

    const viaName = (gateway: string) => [...(ofDevice.get(gateway) ?? [])][0]?.device.name ?? gateway

    /** The gateway's own status, with this word of one of its topics. */
    function statusOf(gateway: string, source: Source, word: Word): boolean {
      for (const own of ofDevice.get(gateway) ?? [])
        for (const one of own.sources)
          if (one.topic === source.topic) {
            one.last = word
            own.latest = word
          }
      return combined(gateway) !== 'offline'
    }

    function combined(id: string): Word | null {
      const states = [...(ofDevice.get(id) ?? [])].flatMap((entity) => {
        const own = entity.sources.filter(({ topic }) => gatewayOf(topic, entity.device) === null)
        return own.length === 0 ? [] : [stateOf(entity, own)]
      })
      if (states.includes('online')) return 'online'
      return states.includes('offline') ? 'offline' : null
    }

    function decide(id: string): void {
      const status = combined(id)
      if (status !== null) house.available(id, status === 'online')
    }

    function read(entity: Followed, template: Template | null, message: Message): void {
      const { device, quantity, unit } = entity
      const here = entity.sources.filter(({ topic }) => topic === entity.stateTopic)
      for (const source of here) hear(entity, source, message)
      if (here.some(({ last }) => last === 'offline')) return
      const time = ownTime(objectIn(message.payload), message.at)
      house.seen(device.id, time)
      if (isTwin(entity)) return
      let text: string | null
      try {
        text = template === null ? message.payload.text.trim() : template.render(message.payload)
      } catch (error) {
        if (!(error instanceof NotUnderstood)) throw error
        return house.notUnderstood(entity.owner, entity.name, {
          device: device.name,
          why: `template: ${error.message}`,
          template: entity.template,
        })
      }
      const value = numberIn(text)
      if (value !== null) house.reading(device.id, { entity: entity.id, quantity, unit, value, time })
    }

    /** The same temperature in °F, beside one in °C. */
    function isTwin({ quantity, unit, device }: Followed): boolean {
      if (quantity !== 'temperature' || !/F$/.test(unit)) return false
      return [...(ofDevice.get(device.id) ?? [])].some((other) => other.quantity === 'temperature' && /C$/.test(other.unit))
    }

    function announce(message: Message): void {
      const parts = partsOf(message.topic, prefix)
      if (parts === null) return
      const owner = message.topic
      const parsed = readConfig(parts.component, parts.objectId, message.payload.text, message.bytes)
      if (parsed === 'not-ours' || parsed === 'moved') return
      // Home Assistant's birth makes programs announce everything again.
      if (parsed !== 'removed' && texts.get(owner) === message.payload.text) return
      const before = remove(owner)
      if (parsed !== 'removed') {
        for (const { name: entity, device, why, template } of parsed.unclear) house.notUnderstood(owner, entity, { device, why, template })
        for (const entity of parsed.entities) add(owner, entity)
      }
      const isFollowed = entities.has(owner)
      if (isFollowed) texts.set(owner, message.payload.text)
      if (isFollowed || before.size > 0) house.keep(!isFollowed)
      for (const id of before) if ((ofDevice.get(id)?.size ?? 0) === 0) leave(id)
    }

    function leave(id: string): void {
      ofDevice.delete(id)
      house.gone(id)
    }

    return {
      name: 'homeassistant',
      filters: homeassistant.reads(prefix),
      take(message) {
        if (message.topic === `${prefix}/status`) {
          if (message.payload.text === 'online') house.restarted(null)
        } else announce(message)
      },
    }
  },
}
