import { isName } from './names.ts'
import { isQuantity } from './quantities.ts'

/** Who takes part: a sensor of ours, the monitor, or anyone else on the broker. */
export type Party = 'sensor' | 'monitor' | 'anyone'

/** One row of the agreement. */
export interface Topic {
  /** The topic with `{room}`, `{id}` and `{quantity}` to be filled in. */
  readonly topic: string
  /** The payload in words, for `docs/protocol.md`. */
  readonly payload: string
  /** The publisher's quality of service. */
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly from: Party
  readonly to: Party
}

/** Every topic of the house, in the order in which a stranger should learn them. */
export const topics = {
  reading: {
    topic: 'home/{room}/{quantity}',
    payload: 'a decimal number as text: `25.5`',
    qos: 0,
    retain: true,
    from: 'sensor',
    to: 'anyone',
  },
  alert: {
    topic: 'home/{room}/alert',
    payload: 'a sentence for people, at a crossing only',
    qos: 1,
    retain: false,
    from: 'sensor',
    to: 'anyone',
  },
  status: { topic: 'home/{room}/sensor/status', payload: '`online` or `offline`', qos: 1, retain: true, from: 'sensor', to: 'anyone' },
  deviceStatus: {
    topic: 'device/{id}/status',
    payload: '`online` or `offline`, for the second sensor of a room',
    qos: 1,
    retain: true,
    from: 'sensor',
    to: 'anyone',
  },
  heartbeat: { topic: 'device/{id}/heartbeat', payload: 'JSON: how the device is', qos: 0, retain: false, from: 'sensor', to: 'monitor' },
  sharedHeartbeat: {
    topic: 'device/heartbeat',
    payload: 'the same with `device_id`, as the tutorials send it',
    qos: 1,
    retain: false,
    from: 'anyone',
    to: 'monitor',
  },
  info: {
    topic: 'device/{id}/info',
    payload: 'JSON: what the device is (its birth message)',
    qos: 1,
    retain: true,
    from: 'sensor',
    to: 'monitor',
  },
  readings: {
    topic: 'device/{id}/readings',
    payload: 'JSON, or the same through zlib: the record',
    qos: 1,
    retain: false,
    from: 'sensor',
    to: 'monitor',
  },
  ack: { topic: 'device/{id}/ack', payload: 'JSON: what of the record is kept', qos: 0, retain: false, from: 'monitor', to: 'sensor' },
  config: {
    topic: 'device/{id}/config',
    payload: 'JSON: wanted settings with an `id`',
    qos: 1,
    retain: true,
    from: 'monitor',
    to: 'sensor',
  },
  command: {
    topic: 'device/{id}/command',
    payload: 'JSON `{"id":"…","action":"…"}`',
    qos: 2,
    retain: false,
    from: 'monitor',
    to: 'sensor',
  },
  response: {
    topic: 'device/{id}/response',
    payload: 'JSON `{"id":"…","ok":true}`, or with `"error"`',
    qos: 1,
    retain: false,
    from: 'sensor',
    to: 'monitor',
  },
  monitorStatus: { topic: 'monitor/status', payload: '`online` or `offline`', qos: 1, retain: true, from: 'monitor', to: 'anyone' },
} as const satisfies Record<string, Topic>

export type TopicName = keyof typeof topics

/** The words that a topic is filled in with. */
export type Params<N extends TopicName> = Record<Holes<(typeof topics)[N]['topic']>, string>
type Holes<T extends string> = T extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never

/** A topic taken apart. */
export type Parsed = { [N in TopicName]: { name: N } & Params<N> }[TopicName]

/**
 * The topic of this name, filled in: `topicOf('reading', { room: 'kitchen', quantity: 'temperature' })`.
 * @throws RangeError for a room, id or quantity that is not one: it might be another topic or a wildcard.
 */
export function topicOf<N extends TopicName>(name: N, params: Params<N>): string {
  return topics[name].topic.replace(/\{(\w+)\}/g, (_, hole: string) => {
    const value = (params as Record<string, string>)[hole] ?? ''
    if (!fits(hole, value)) throw new RangeError(`not a ${hole}: ${JSON.stringify(value)}`)
    return value
  })
}

/** The filter that catches this topic of everyone: `home/+/sensor/status`. */
export function filterOf(name: TopicName): string {
  return topics[name].topic.replace(/\{\w+\}/g, '+')
}

const rows = (Object.keys(topics) as TopicName[])
  .map((name) => ({ name, levels: topics[name].topic.split('/') }))
  // What is written out wins over what is filled in: `home/kitchen/alert` is no quantity called `alert`.
  .sort((a, b) => literals(b.levels) - literals(a.levels))

/** Which topic of the table this is, with its words; null for one that is not there or whose words are no names. */
export function parseTopic(topic: string): Parsed | null {
  const levels = topic.split('/')
  for (const row of rows) {
    if (row.levels.length !== levels.length) continue
    const words: Record<string, string> = {}
    const fitting = row.levels.every((wanted, i) => {
      const level = levels[i] as string
      const hole = /^\{(\w+)\}$/.exec(wanted)?.[1]
      if (hole === undefined) return wanted === level
      words[hole] = level
      return fits(hole, level)
    })
    if (fitting) return { name: row.name, ...words } as Parsed
  }
  return null
}

function fits(hole: string, value: string): boolean {
  return hole === 'quantity' ? isQuantity(value) : isName(value)
}

function literals(levels: string[]): number {
  return levels.filter((level) => !level.startsWith('{')).length
}
