import { readAck, writeBatch } from '@hearthwatch/protocol'
import mqtt, { type MqttClient } from 'mqtt'

/** A device of the fleet, as a plain object. */
interface Device {
  id: string
  room: string
  epoch: string
  /** Number of its last row, and of the last acknowledged one. */
  seq: number
  kept: number
  /** The unanswered batch, and when it was sent, ms. */
  batch: string | null
  sent: number
}

/** Each device publishes a reading in each round, and in each third one a heartbeat and a batch. ms */
const round = 10_000
const slot = 20
const gateways = 20

const [url = '', count = '0'] = process.argv.slice(2)
const clients = await Promise.all(Array.from({ length: gateways }, connect))
const listener = await connect()
const devices = Array.from({ length: Number(count) }, (_, i): Device => {
  const id = `fleet-${i}`
  return { id, room: `room ${i}`, epoch: i.toString(16).padStart(16, '0'), seq: 0, kept: 0, batch: null, sent: 0 }
})
const byId = new Map(devices.map((device) => [device.id, device]))
let waits: number[] = []
let unanswered = 0

listener.on('message', (topic, payload) => {
  const device = byId.get(topic.split('/')[1] ?? '')
  const ack = readAck(payload)
  if (device === undefined || ack.re !== device.batch) return
  device.kept = ack.seq
  device.batch = null
  waits.push(performance.now() - device.sent)
})
await listener.subscribeAsync('device/+/ack')

// Everybody joins at once.
await Promise.all(devices.map((device, i) => publish(i, `device/${device.id}/info`, JSON.stringify(infoOf(device)), 1, true)))
process.send?.('joined')

const begun = performance.now()
let passed = 0
const slots = Array.from({ length: round / slot }, (_, i) =>
  devices.map((device, at) => ({ device, at })).filter(({ at }) => at % (round / slot) === i),
)
setInterval(() => {
  for (const due = (performance.now() - begun) / slot; passed < due; passed += 1)
    for (const { device, at } of slots[passed % slots.length] ?? []) turn(device, at, Math.floor(passed / slots.length))
}, slot)

process.on('message', () => {
  process.send?.({ waits, unanswered })
  waits = []
  unanswered = 0
})

function turn(device: Device, at: number, turns: number): void {
  device.seq += 1
  void publish(at, `home/${device.room}/temperature`, (20 + (device.seq % 50) / 10).toFixed(1), 0, true)
  if ((turns + at) % 3 !== 0) return
  void publish(at, `device/${device.id}/heartbeat`, '{"cpu":5,"memory":40,"uptime":86400}', 0, false)
  if (device.batch !== null) unanswered += 1
  const now = Date.now()
  const from = device.kept + 1
  const rows = Array.from({ length: Math.min(500, device.seq - device.kept) }, (_, i) => {
    const seq = from + i
    return { seq, time: now - (device.seq - seq) * round, values: { temperature: 20 + (seq % 50) / 10 } }
  })
  if (rows.length === 0) return
  device.batch = `${device.id}-${device.seq}`
  device.sent = performance.now()
  const about = { device: device.id, epoch: device.epoch, batch: device.batch, from, to: from + rows.length - 1, now }
  void publish(at, `device/${device.id}/readings`, writeBatch({ ...about, oldest: 1, rows, trusted: true }), 0, false)
}

async function publish(at: number, topic: string, payload: string | Buffer, qos: 0 | 1, retain: boolean): Promise<void> {
  await clients[at % gateways]?.publishAsync(topic, payload, { qos, retain })
}

function infoOf({ id, room, epoch }: Device) {
  return { id, room, epoch, interval: round / 1000, readings: [{ key: 'temperature', topic: `home/${room}/temperature` }] }
}

function connect(): Promise<MqttClient> {
  return mqtt.connectAsync(url, { reconnectPeriod: 0, protocolVersion: 4, writeCache: false })
}
