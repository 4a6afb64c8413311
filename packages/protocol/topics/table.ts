/** A participant: a sensor of ours, the monitor, or any program on the broker. */
export type Party = 'sensor' | 'monitor' | 'anyone'

/** One row of the table. */
export interface Topic {
  /** The topic with the placeholders `{room}`, `{id}` and `{quantity}`. */
  readonly topic: string
  /** The payload in words, for `docs/protocol.md`. */
  readonly payload: string
  /** The publisher's quality of service. */
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly from: Party
  readonly to: Party
}

/** All topics, in the order in which to learn them. */
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
    payload: 'a sentence for people, when a limit is exceeded',
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
  heartbeat: {
    topic: 'device/{id}/heartbeat',
    payload: 'JSON: the condition of the device',
    qos: 0,
    retain: false,
    from: 'sensor',
    to: 'monitor',
  },
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
    payload: 'JSON: the description of the device (its birth message)',
    qos: 1,
    retain: true,
    from: 'sensor',
    to: 'monitor',
  },
  readings: {
    topic: 'device/{id}/readings',
    payload: 'JSON, or the same through zlib: a batch of the record',
    qos: 1,
    retain: false,
    from: 'sensor',
    to: 'monitor',
  },
  ack: {
    topic: 'device/{id}/ack',
    payload: 'JSON: the number up to which the record is stored',
    qos: 0,
    retain: false,
    from: 'monitor',
    to: 'sensor',
  },
  config: {
    topic: 'device/{id}/config',
    payload: 'JSON: desired settings with an `id`',
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
  problem: {
    topic: 'monitor/problem/{room}',
    payload: '`ON` while an alert of the room is firing, else `OFF`',
    qos: 1,
    retain: true,
    from: 'monitor',
    to: 'anyone',
  },
  diagnostics: {
    topic: 'monitor/diagnostics',
    payload: 'JSON: readings waiting in all sensors, and lost ones',
    qos: 1,
    retain: true,
    from: 'monitor',
    to: 'anyone',
  },
} as const satisfies Record<string, Topic>

export type TopicName = keyof typeof topics
