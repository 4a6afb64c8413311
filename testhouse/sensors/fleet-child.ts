import { readAck, writeBatch } from '@hearthwatch/protocol'
import { type Effect, type Input, newSender, type Sender, step, wakeAt } from '@hearthwatch/protocol/sender'
import mqtt, { type MqttClient } from 'mqtt'

/** A device of the fleet: the state of a real sender, without an outbox on a disk. */
interface Device {
  at: number
  id: string
  room: string
  epoch: string
  sender: Sender
  /** The round in which it begins to measure: the batches of a fleet do not come at the same time. */
  firstTurn: number
  /** Number of its last row, and the time of number 0, ms since the epoch. */
  last: number
  begun: number
  /** When its batches were sent, ms, by name. */
  sent: Map<string, number>
}

/** Counts of a fleet since the last report. */
export interface FleetReport {
  /** Times from a batch to its acknowledgement, ms. */
  waits: number[]
  /** Batches that were sent. */
  batches: number
  /** Rows that were acknowledged for the first time. */
  acknowledged: number
  /** Rows without an acknowledgement, at present. */
  waiting: number
  /** Rows that were acknowledged since the start. */
  all: number
}

const [url = '', interval = ''] = process.argv.slice(2)
/** Each device publishes a reading in each round, a heartbeat in each third one, and what waits by the rules of the sender. ms */
const round = Number(interval)
const rules = { batchSize: 60, batchInterval: 3 * round }
const slot = 20
const slots = Math.round(round / slot)
const gateways = 20
/** Batches of a device whose answers are still measured. */
const mostUnanswered = 16

const clients = await Promise.all(Array.from({ length: gateways }, connect))
const listener = await connect()
const devices: Device[] = []
const byId = new Map<string, Device>()
/** Devices before this one measure; the others send what they have. */
let active = 0
let seen = { waits: [] as number[], batches: 0, acknowledged: 0 }
let all = 0

listener.on('message', (topic, payload) => {
  const device = byId.get(topic.split('/')[1] ?? '')
  if (device === undefined) return
  const ack = readAck(payload)
  const sent = device.sent.get(ack.re)
  if (sent !== undefined) seen.waits.push(performance.now() - sent)
  device.sent.delete(ack.re)
  feed(device, { type: 'ack', ack })
})
await listener.subscribeAsync('device/+/ack')

const begun = performance.now()
let passed = 0
setInterval(() => {
  for (const due = (performance.now() - begun) / slot; passed < due; passed += 1) {
    const turns = Math.floor(passed / slots)
    for (let at = passed % slots; at < devices.length; at += slots) turn(devices[at] as Device, turns)
  }
}, slot)
setInterval(() => {
  const now = performance.now()
  for (const device of devices) while (wakeAt(device.sender) <= now) feed(device, { type: 'time' })
}, 5 * slot)

process.on('message', async (message: { size: number } | 'report') => {
  if (message === 'report') {
    const waiting = devices.reduce((rows, { last, sender }) => rows + last - sender.cursor, 0)
    process.send?.({ ...seen, waiting, all } satisfies FleetReport)
    seen = { waits: [], batches: 0, acknowledged: 0 }
    return
  }
  const joining = Array.from({ length: Math.max(0, message.size - devices.length) }, (_, i) => newDevice(devices.length + i))
  // Everybody joins at once.
  await Promise.all(joining.map((device) => publish(device, `device/${device.id}/info`, JSON.stringify(infoOf(device)), 1, true)))
  for (const device of joining) {
    devices.push(device)
    byId.set(device.id, device)
    feed(device, { type: 'connected' })
  }
  active = message.size
  process.send?.('joined')
})
process.send?.('ready')

function newDevice(at: number): Device {
  const id = `fleet-${at}`
  const epoch = at.toString(16).padStart(16, '0')
  const sender = newSender(rules, id, { epoch, cursor: 0, last: 0 })
  return {
    at,
    id,
    room: `room ${at}`,
    epoch,
    sender,
    firstTurn: Math.floor(passed / slots) + (Math.floor(at / slots) % 4),
    last: 0,
    begun: 0,
    sent: new Map(),
  }
}

function turn(device: Device, turns: number): void {
  if (turns % 3 === device.at % 3) void publish(device, `device/${device.id}/heartbeat`, '{"cpu":5,"memory":40,"uptime":86400}', 0, false)
  if (device.at >= active || turns < device.firstTurn) return
  if (device.last === 0) device.begun = Date.now() - round
  device.last += 1
  void publish(device, `home/${device.room}/temperature`, valueIn(device.last).toFixed(1), 0, true)
  feed(device, { type: 'appended', last: device.last })
}

function feed(device: Device, input: Input): void {
  const { cursor } = device.sender
  const [sender, effects] = step(device.sender, input, performance.now())
  device.sender = sender
  seen.acknowledged += sender.cursor - cursor
  all += sender.cursor - cursor
  for (const effect of effects) if (effect.type === 'send') send(device, effect)
}

function send(device: Device, { batch, from, most }: Extract<Effect, { type: 'send' }>): void {
  const { id, epoch, last, begun } = device
  const to = Math.min(last, from - 1 + most)
  if (to < from) return feed(device, { type: 'nothing', last })
  const now = Date.now()
  const rows = Array.from({ length: to - from + 1 }, (_, i) => {
    const seq = from + i
    return { seq, time: begun + seq * round, values: { temperature: valueIn(seq) } }
  })
  device.sent.set(batch, performance.now())
  const [oldest] = device.sent.keys()
  if (device.sent.size > mostUnanswered && oldest !== undefined) device.sent.delete(oldest)
  seen.batches += 1
  void publish(
    device,
    `device/${id}/readings`,
    writeBatch({ device: id, epoch, batch, from, to, now, oldest: 1, rows, trusted: true }),
    0,
    false,
  )
  feed(device, { type: 'sent', batch, to, rows: rows.length, chance: (device.at % 97) / 97 })
}

const valueIn = (seq: number) => 20 + (seq % 50) / 10

async function publish({ at }: Device, topic: string, payload: string | Buffer, qos: 0 | 1, retain: boolean): Promise<void> {
  await clients[at % gateways]?.publishAsync(topic, payload, { qos, retain })
}

function infoOf({ id, room, epoch }: Device) {
  return { id, room, epoch, interval: round / 1000, readings: [{ key: 'temperature', topic: `home/${room}/temperature` }] }
}

function connect(): Promise<MqttClient> {
  return mqtt.connectAsync(url, { reconnectPeriod: 0, protocolVersion: 4, writeCache: false })
}
