import { createHash } from 'node:crypto'
import { baseQuantity, quantityOf, quantityTitle, topicOf } from '@hearthwatch/protocol'
import type { Device } from '../store/devices.ts'

/** Device class and the units that Home Assistant accepts for it, by quantity; a wrong unit would reject the announcement. */
const classes: Readonly<Record<string, { name: string; units: readonly string[] }>> = {
  temperature: { name: 'temperature', units: ['°C', '°F', 'K'] },
  humidity: { name: 'humidity', units: ['%'] },
  pressure: { name: 'atmospheric_pressure', units: ['hPa', 'Pa', 'kPa', 'mbar', 'bar', 'inHg', 'mmHg', 'psi'] },
  battery: { name: 'battery', units: ['%'] },
  co2: { name: 'carbon_dioxide', units: ['ppm'] },
  illuminance: { name: 'illuminance', units: ['lx'] },
  voltage: { name: 'voltage', units: ['V', 'mV'] },
  power: { name: 'power', units: ['W', 'kW'] },
}

const origin = { name: 'Hearthwatch' }

export interface Announced {
  /** The object id of its topic: `[A-Za-z0-9_-]{1,64}`. */
  slug: string
  payload: { dev: object; o: object; avty?: object; cmps: Readonly<Record<string, object>> }
}

/** A part of a topic of Home Assistant for any name: as it is, or encoded. */
export function slugOf(name: string): string {
  if (/^[A-Za-z0-9_-]{1,40}$/.test(name)) return name
  return createHash('sha256').update(name).digest('base64url').slice(0, 22)
}

/** The monitor itself: whether it is connected. */
export function monitorAnnouncement(version: string): Announced {
  const connection = { p: 'binary_sensor', dev_cla: 'connectivity', ent_cat: 'diagnostic', stat_t: topicOf('monitorStatus', {}) }
  return {
    slug: 'hearthwatch_monitor',
    payload: {
      dev: { ids: ['hearthwatch_monitor'], name: 'Hearthwatch', mf: 'Hearthwatch', sw: version },
      o: origin,
      cmps: { connection: { ...connection, pl_on: 'online', pl_off: 'offline', uniq_id: 'hearthwatch_monitor_connection' } },
    },
  }
}

/** The house: a problem for each room, and what the record is missing. */
export function houseAnnouncement(rooms: readonly string[]): Announced {
  const problems = rooms.map((room): [string, object] => {
    const slug = slugOf(room)
    const about = { p: 'binary_sensor', dev_cla: 'problem', name: room, stat_t: topicOf('problem', { room }), pl_on: 'ON', pl_off: 'OFF' }
    return [`problem_${slug}`, { ...about, uniq_id: `hearthwatch_problem_${slug}` }]
  })
  const number = (id: string, name: string) => ({
    p: 'sensor',
    name,
    ent_cat: 'diagnostic',
    stat_cla: 'measurement',
    stat_t: topicOf('diagnostics', {}),
    val_tpl: `{{ value_json.${id} }}`,
    uniq_id: `hearthwatch_house_${id}`,
  })
  return {
    slug: 'hearthwatch_house',
    payload: {
      dev: { ids: ['hearthwatch_house'], name: 'Hearthwatch alerts', mf: 'Hearthwatch', via_device: 'hearthwatch_monitor' },
      o: origin,
      avty: [{ t: topicOf('monitorStatus', {}) }],
      cmps: {
        ...Object.fromEntries(problems),
        outbox: number('outbox', 'Readings waiting in sensors'),
        missing: number('missing', 'Readings lost'),
      },
    },
  }
}

/**
 * A sensor with an info.
 * @param isSharedStatus true if other devices have the same status topic
 * @returns null: it has no topic to announce
 */
export function deviceAnnouncement(
  { id, room, info, claims, described }: Device,
  isSharedStatus: (topic: string) => boolean,
): Announced | null {
  if (id === null || info === null || described !== null) return null
  const slug = slugOf(id)
  const components = info.readings.flatMap(({ key, topic, unit }): [string, object][] => {
    const quantity = topic.split('/')[2] ?? ''
    if (!(topic in claims) || quantity === '') return []
    const name = key.replace(/[^A-Za-z0-9_-]/g, '_')
    const entity = entityId(`${id}_${name}`)
    return [[name, { p: 'sensor', ...kindOf(quantity, unit, key), stat_t: topic, uniq_id: `hearthwatch_${id}_${key}`, ...entity }]]
  })
  if (components.length === 0) return null
  const { status } = info
  const availability = status !== undefined && status in claims && !isSharedStatus(status) ? { avty: [{ t: status }] } : {}
  const area = room === null ? {} : { sa: room }
  return {
    slug: `hearthwatch_${slug}`,
    payload: {
      dev: { ids: [`hearthwatch_${id}`], name: id, mf: 'Hearthwatch', sw: info.version, ...area, via_device: 'hearthwatch_monitor' },
      o: origin,
      ...availability,
      cmps: Object.fromEntries(components),
    },
  }
}

/** The plain topics of a room, whose sender is unknown. JSON is allowed there. */
export function roomAnnouncement(room: string, quantities: readonly string[]): Announced {
  const slug = slugOf(room)
  const components = quantities.map((quantity): [string, object] => [
    quantity,
    {
      p: 'sensor',
      ...kindOf(quantity, undefined, quantity),
      stat_t: topicOf('reading', { room, quantity }),
      val_tpl: '{{ value_json.value | default(value) }}',
      uniq_id: `hearthwatch_room_${room}_${quantity}`,
    },
  ])
  return {
    slug: `hearthwatch_room_${slug}`,
    payload: {
      dev: { ids: [`hearthwatch_room_${room}`], name: room, mf: 'Hearthwatch', sa: room, via_device: 'hearthwatch_monitor' },
      o: origin,
      cmps: Object.fromEntries(components),
    },
  }
}

/** Class, unit and name of a quantity. One that is unknown to Home Assistant has neither class nor unit. */
function kindOf(quantity: string, stated: string | undefined, key: string): object {
  const known = classes[baseQuantity(quantity)]
  const unit = stated ?? quantityOf(quantity).unit
  const isNumbered = baseQuantity(quantity) !== quantity || key !== quantity
  const name = isNumbered ? { name: quantityTitle(quantity, 'en') ?? quantity } : {}
  if (known === undefined || !known.units.includes(unit))
    return { name: quantityTitle(quantity, 'en') ?? quantity, stat_cla: 'measurement' }
  return { dev_cla: known.name, stat_cla: 'measurement', unit_of_meas: unit, ...name }
}

/** The id of the entity in Home Assistant; left to it for names of other scripts. */
function entityId(name: string): object {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /[^\x20-\x7e]/.test(name) || id === '' ? {} : { def_ent_id: `sensor.${id}` }
}
