import { memberOf, numberAt, objectAt, objectIn, textIn } from '../json.ts'
import type { AdapterKind, Message } from '../message.ts'
import { nameOf } from '../names.ts'
import { ownTime } from '../time.ts'

/** Properties that are taken, and their quantities. An endpoint adds a suffix: `temperature_l1`. */
const quantities: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  local_temperature: 'temperature',
  humidity: 'humidity',
  pressure: 'pressure',
  battery: 'battery',
  co2: 'co2',
  illuminance: 'illuminance',
  illuminance_lux: 'illuminance',
  power: 'power',
  voltage: 'voltage',
}
/** A battery device reports at least once a day. s */
const passive = 25 * 3600
const mostDevices = 1000

interface Exposed {
  property: string
  quantity: string
  unit: string | undefined
}

/** Zigbee2MQTT as it is installed, without discovery: the retained list of its devices, and a topic for each. */
export const zigbee2mqtt: AdapterKind = {
  name: 'zigbee2mqtt',
  prefix: 'zigbee2mqtt',
  isDefault: true,
  reads: (prefix) => [`${prefix}/bridge/devices`, `${prefix}/bridge/state`],
  create(base, house) {
    /** Owners of follows, by device. */
    let listed = new Map<string, string>()
    let bridge: string | null = null
    let isOnline: boolean | null = null

    function list(message: Message): void {
      let given: unknown
      try {
        given = JSON.parse(message.payload.text)
      } catch {
        return
      }
      if (!Array.isArray(given)) return
      const coordinator = given.find((one) => memberOf(one, 'type') === 'Coordinator')
      bridge = nameOf(`zigbee2mqtt_bridge_${textIn(coordinator, 'ieee_address') ?? base}`)
      const now = new Map<string, string>()
      for (const one of given.slice(0, mostDevices)) describe(one, now)
      for (const [id, owner] of listed) {
        if (now.has(id)) continue
        house.unfollow(owner)
        house.gone(id)
      }
      listed = now
      house.keep(false)
      tellBridge()
    }

    function describe(given: unknown, now: Map<string, string>): void {
      const [address, name] = [textIn(given, 'ieee_address'), textIn(given, 'friendly_name')]
      const exposed = exposedBy(memberOf(objectAt(given, 'definition'), 'exposes'))
      if (address === null || name === null || memberOf(given, 'disabled') === true || exposed.length === 0) return
      const id = nameOf(`zigbee2mqtt_${address}`)
      if (id === null) return
      const owner = `${base} ${id}`
      const state = `${base}/${name}`
      house.unfollow(owner)
      // With discovery on, that describes the device.
      if (house.isAnnounced(state)) return
      const definition = objectAt(given, 'definition')
      const silentAfter = textIn(given, 'power_source') === 'Battery' ? passive : null
      const about = { maker: textIn(definition, 'vendor'), model: textIn(definition, 'model'), version: textIn(given, 'software_build_id') }
      if (!house.device({ id, name, ...about, via: bridge, area: null, silentAfter, adapter: 'zigbee2mqtt', isGateway: false })) return
      now.set(id, owner)
      if (bridge !== null) house.through(id, bridge)
      house.follow(owner, state, (message) => read(id, address, exposed, message))
      house.follow(owner, `${state}/availability`, ({ payload }) => {
        const word = textIn(objectIn(payload), 'state') ?? payload.text
        if (word === 'online' || word === 'offline') house.available(id, word === 'online')
      })
    }

    function read(id: string, address: string, exposed: readonly Exposed[], message: Message): void {
      const state = objectIn(message.payload)
      if (state === null) return
      const time = ownTime(state, message.at)
      house.seen(id, time)
      for (const { property, quantity, unit } of exposed) {
        const value = numberAt(state, property)
        // The name that discovery would give it, so that its history goes on if that is turned on.
        const entity = `${address}_${property}_zigbee2mqtt`
        if (value !== null) house.reading(id, { entity, quantity, unit, value, time })
      }
    }

    function tellBridge(): void {
      if (bridge === null || isOnline === null) return
      house.gateway({ id: bridge, name: base, maker: 'Zigbee2MQTT', adapter: 'zigbee2mqtt' }, isOnline)
    }

    return {
      name: 'zigbee2mqtt',
      filters: zigbee2mqtt.reads(base),
      take(message) {
        if (message.topic === `${base}/bridge/devices`) list(message)
        else if (message.topic === `${base}/bridge/state`) {
          const word = textIn(objectIn(message.payload), 'state') ?? message.payload.text
          if (word !== 'online' && word !== 'offline') return
          isOnline = word === 'online'
          tellBridge()
        }
      },
    }
  },
}

/** The numeric properties that a device publishes and that cannot be set. */
function exposedBy(exposes: unknown): Exposed[] {
  if (!Array.isArray(exposes)) return []
  return exposes.slice(0, 100).flatMap((one): Exposed[] => {
    // A climate has its local temperature among its features.
    const features = memberOf(one, 'features')
    if (Array.isArray(features)) return exposedBy(features)
    const property = textIn(one, 'property')
    const [access, category] = [numberAt(one, 'access') ?? 0, textIn(one, 'category')]
    if (textIn(one, 'type') !== 'numeric' || property === null || category === 'config' || (access & 3) !== 1) return []
    const known = property.replace(/_(?:l?\d+|left|right|top|bottom|center)$/, '')
    const quantity = Object.hasOwn(quantities, property)
      ? quantities[property]
      : Object.hasOwn(quantities, known)
        ? quantities[known]
        : undefined
    return quantity === undefined ? [] : [{ property, quantity, unit: textIn(one, 'unit') ?? undefined }]
  })
}
