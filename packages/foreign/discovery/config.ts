import type { Facts } from '../message.ts'
import { nameOf } from '../names.ts'
import { withLongKeys } from './keys.ts'
import { quantityOfClass } from './quantity.ts'

/** One availability topic of an entity. */
export interface AvailabilityTopic {
  topic: string
  template: string | null
  online: string
  offline: string
}

/** The device of an entity. */
export type DeviceBlock = Pick<Facts, 'id' | 'name' | 'maker' | 'model' | 'version' | 'via' | 'area'>

/** An entity that is followed. */
export interface Entity {
  id: string
  name: string
  device: DeviceBlock
  quantity: string
  unit: string
  stateTopic: string
  template: string | null
  availability: readonly AvailabilityTopic[]
  mode: 'all' | 'any' | 'latest'
  /** Seconds after which a value is too old; null: not stated. */
  expireAfter: number | null
  origin: string | null
}

/** An entity that is not followed, with the reason. */
export interface Unclear {
  name: string
  device: string
  why: string
  template: string | null
}

export type Parsed = { entities: Entity[]; unclear: Unclear[] } | 'not-ours' | 'removed' | 'moved'

const largest = 64 * 1024
const mostComponents = 500
/** These are inherited by the components of a device. */
const inherited = [
  'state_topic',
  'availability',
  'availability_topic',
  'availability_template',
  'availability_mode',
  'payload_available',
  'payload_not_available',
]

type Fields = Record<string, unknown>
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** The parts of a discovery topic below its prefix; null for a topic of another shape. */
export function partsOf(topic: string, prefix: string): { component: string; objectId: string } | null {
  if (!topic.startsWith(`${prefix}/`) || !topic.endsWith('/config')) return null
  const levels = topic.slice(prefix.length + 1, -'/config'.length).split('/')
  const [component = '', objectId] = [levels[0], levels.at(-1)]
  return (levels.length === 2 || levels.length === 3) && objectId ? { component, objectId } : null
}

/**
 * Reads the announcement of an entity or of a whole device.
 * @param component `sensor`, `device` or another, from the topic
 * @param objectId from the topic: the device where the config names none
 */
export function readConfig(component: string, objectId: string, payload: string, bytes: number): Parsed {
  if (component !== 'sensor' && component !== 'device') return 'not-ours'
  if (payload.trim() === '') return 'removed'
  if (bytes > largest) return { entities: [], unclear: [unclearOf(objectId, 'larger than 64 KB')] }
  let given: unknown
  try {
    given = JSON.parse(payload)
  } catch {
    return 'not-ours'
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'not-ours'
  const root = withLongKeys(given)
  if (root.migrate_discovery === true) return 'moved'
  const origin = text((root.origin as Fields | undefined)?.name)
  if (origin !== null && /^(?:hearthwatch|home assistant)/i.test(origin)) return 'not-ours'
  const entities: Entity[] = []
  const unclear: Unclear[] = []
  for (const [id, fields] of component === 'sensor' ? [[objectId, root] as const] : componentsOf(root)) {
    const entity = entityOf(id, objectId, { ...fields, device: root.device ?? fields.device }, origin)
    if (entity === null) continue
    if ('why' in entity) unclear.push(entity)
    else entities.push(entity)
  }
  return { entities, unclear }
}

const unclearOf = (name: string, why: string): Unclear => ({ name, device: name, why, template: null })

function componentsOf(root: Fields): [string, Fields][] {
  const { components } = root
  if (typeof components !== 'object' || components === null || Array.isArray(components)) return []
  const ofRoot = Object.fromEntries(inherited.flatMap((key) => (root[key] === undefined ? [] : [[key, root[key]]])))
  return Object.entries(components)
    .slice(0, mostComponents)
    .map(([id, given]): [string, Fields] => [id, withLongKeys(given)])
    .filter(([, fields]) => fields.platform === 'sensor')
    .map(([id, fields]) => [id, { ...ofRoot, ...fields }])
}

function deviceOf(given: unknown, objectId: string, entityName: string): DeviceBlock | null {
  const fields = typeof given === 'object' && given !== null ? (given as Fields) : {}
  const identifiers = [fields.identifiers].flat()
  const connections = Array.isArray(fields.connections) ? fields.connections : []
  const mac = connections.find((one) => Array.isArray(one) && one[0] === 'mac')?.[1]
  const id = nameOf([identifiers[0], mac, objectId].find((one) => typeof one === 'string' && one !== '') as string)
  if (id === null) return null
  const via = text(fields.via_device)
  return {
    id,
    name: text(fields.name)?.slice(0, 200) ?? (given === undefined ? entityName : id),
    maker: text(fields.manufacturer)?.slice(0, 100) ?? null,
    model: (text(fields.model) ?? text(fields.model_id))?.slice(0, 100) ?? null,
    version: text(fields.sw_version)?.slice(0, 100) ?? null,
    via: via === null ? null : nameOf(via),
    area: text(fields.suggested_area)?.slice(0, 200) ?? null,
  }
}

/** @returns null for an entity that is none of ours */
function entityOf(id: string, objectId: string, fields: Fields, origin: string | null): Entity | Unclear | null {
  const stateTopic = text(fields.state_topic)
  if (stateTopic === null || !isWanted(fields)) return null
  const name = (text(fields.name) ?? id).slice(0, 200)
  const device = deviceOf(fields.device, objectId, name)
  if (device === null) return null
  const found = quantityOfClass(text(fields.device_class), text(fields.unit_of_measurement))
  if (found === null) return null
  const template = text(fields.value_template)
  if (typeof found === 'string') return { name, device: device.name, why: found, template }
  const mode = fields.availability_mode
  const expires = fields.expire_after
  return {
    id: text(fields.unique_id)?.slice(0, 200) ?? id,
    name,
    device,
    ...found,
    stateTopic,
    template,
    availability: availabilityOf(fields),
    mode: mode === 'all' || mode === 'any' ? mode : 'latest',
    expireAfter: typeof expires === 'number' && expires > 0 && expires < 1e8 ? expires : null,
    origin,
  }
}

/** Diagnostic values are not the room's, but every project calls the battery diagnostic. */
function isWanted({ entity_category: category, enabled_by_default: enabled, device_class: deviceClass }: Fields): boolean {
  if (enabled === false || (typeof enabled === 'string' && enabled.toLowerCase() === 'false')) return false
  return category === undefined || category === null || (category === 'diagnostic' && deviceClass === 'battery')
}

function availabilityOf(fields: Fields): AvailabilityTopic[] {
  const list = Array.isArray(fields.availability) ? (fields.availability as Fields[]).slice(0, 10) : []
  const single = text(fields.availability_topic)
  const all = single === null ? list : [{ ...fields, topic: single, value_template: fields.availability_template }]
  return all.flatMap(({ topic, value_template: template, payload_available: online, payload_not_available: offline }) => {
    const named = text(topic)
    if (named === null) return []
    return [{ topic: named, template: text(template), online: text(online) ?? 'online', offline: text(offline) ?? 'offline' }]
  })
}
