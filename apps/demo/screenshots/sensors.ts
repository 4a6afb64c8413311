import { silent } from '@hearthwatch/log'
import { connect, type Link } from '@hearthwatch/mqtt'
import { type Row, topicOf, topics, writeBatch } from '@hearthwatch/protocol'
import type { Room } from '../rooms.ts'
import { pictured } from './oven.ts'

/** Interval of the readings in ms: shorter than usual, so that the message view shows many messages. */
const interval = 1500

/** Starts a simulated sensor of a room. It measures several quantities and follows the simulated past. */
export function startSensor(room: Room, url: string, password: string): { close(): Promise<void> } {
  const { id } = room
  const epoch = Buffer.from(id).toString('hex').padEnd(16, '0').slice(0, 16)
  const status = topicOf('deviceStatus', { id })
  let timer: NodeJS.Timeout | undefined
  let rows: Row[] = []
  let latest = 0
  let batches = 0
  let ticks = 0

  const link = connect({
    url,
    clientId: id,
    username: id,
    password,
    clean: true,
    will: { topic: status, payload: 'offline', qos: 1, retain: true },
    log: silent,
    async onConnect(connected) {
      await connected.subscribe({ [topicOf('ack', { id })]: 0 })
      await connected.publish(topicOf('info', { id }), JSON.stringify(infoOf(room, epoch, status)), topics.info)
      await connected.publish(status, 'online', topics.deviceStatus)
      clearInterval(timer)
      timer = setInterval(() => tick(connected), interval)
      tick(connected)
    },
    onMessage: () => undefined,
  })

  function tick(connected: Link): void {
    if (connected.state === 'closed') return
    const time = Date.now()
    ticks += 1
    const values = Object.fromEntries(Object.keys(room.courses).map((quantity) => [quantity, pictured(room, quantity, time, time)]))
    const published = Object.entries(values).map(([quantity, value]) =>
      connected.publish(topicOf('reading', { room: room.room, quantity }), String(value), topics.reading),
    )
    if (ticks % 4 === 1)
      published.push(connected.publish(topicOf('heartbeat', { id }), JSON.stringify(heartbeatOf(id, ticks)), topics.heartbeat))
    if (room.keepsRecord) {
      latest += 1
      rows.push({ seq: latest, time, values })
      if (rows.length === 4) published.push(connected.publish(topicOf('readings', { id }), nextBatch(time), topics.readings))
    }
    // Publishing may fail when the link closes; these messages may be lost.
    for (const each of published) each.catch(() => {})
  }

  function nextBatch(now: number): Buffer {
    batches += 1
    const batch = { device: id, epoch, batch: `p${batches}`, from: (rows[0] as Row).seq, to: latest, now, rows, trusted: true }
    rows = []
    return writeBatch(batch)
  }

  return {
    async close() {
      clearInterval(timer)
      await link.close()
    },
  }
}

function infoOf({ id, room, courses, keepsRecord }: Room, epoch: string, status: string) {
  const readings = Object.keys(courses).map((key) => ({ key, topic: topicOf('reading', { room, quantity: key }), probe: `sim-${key}` }))
  const config = { READ_INTERVAL: 10, HEARTBEAT_INTERVAL: 30, ALERT_ABOVE: 30, BATCH_INTERVAL: 30 }
  return { id, room, version: '1.0.0', interval: 10, status, readings, config, ...(keepsRecord && { epoch }) }
}

function heartbeatOf(id: string, ticks: number) {
  const size = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  return {
    device_id: id,
    timestamp: new Date().toISOString(),
    cpu: 4 + (size % 9) + (ticks % 3) * 0.7,
    memory: 31 + (size % 17),
    temperature: 44 + (size % 11),
    uptime: 86_400 * (3 + (size % 40)) + ticks,
    disk: 22 + (size % 25),
    rssi: -48 - (size % 24),
    outbox: 0,
    dropped: 0,
    version: '1.0.0',
  }
}
