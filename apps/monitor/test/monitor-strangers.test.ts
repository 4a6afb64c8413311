import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import { readAck } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { MqttClient } from 'mqtt'

describe('A device that was not made for this monitor', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0' })
    guest = await monitor.client()
  })
  after(async () => {
    await monitor?.close()
    await inbox.close()
  })
  const publish = (topic: string, payload: string | object, retain = false) =>
    guest.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1, retain })
  const values = (room: string) =>
    monitor
      .rows<{ room: string; value: number }>('SELECT * FROM readings ORDER BY time')
      .filter((row) => row.room === room)
      .map(({ value }) => value)
  const rooms = async (name: string) => (await monitor.get<Room[]>('/api/rooms')).filter(({ room }) => room.normalize() === name)
  const alerts = (room: string) => monitor.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.room === room)
  const rejected = async (reason: string) => {
    const metrics = await (await fetch(new URL('/metrics', monitor.url))).text()
    return Number(new RegExp(`hearthwatch_rejected_total\\{reason="${reason}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0)
  }
  const info = (id: string, room: string, unit: unknown, more: object = {}) =>
    publish(`device/${id}/info`, { id, room, readings: [{ key: 'temperature', topic: `home/${room}/temperature`, unit }], ...more }, true)

  it('states °F in its info: its numbers are converted, whether the info arrives before or after them', async () => {
    await publish('home/den/temperature', '70.1')
    await info('us', 'den', '°F')
    await publish('home/den/temperature', '70.3')
    await eventually(() => values('den').length === 2)
    assert.deepEqual(values('den'), [21.1666667, 21.2777778])
    await eventually(async () => (await rooms('den'))[0]?.quantities.temperature?.value === 21.2777778)
    await publish('home/den/temperature', '500')
    await publish('home/den/temperature', { value: 20, unit: '°C' })
    await eventually(() => values('den').length === 3)
    assert.equal(values('den')[2], 20)
    assert.deepEqual(alerts('den'), [])
  })

  it('states a unit that cannot be converted: its readings are refused and counted', async () => {
    const before = await rejected('bad-unit')
    await info('old', 'barn', 'furlong')
    await publish('home/barn/temperature', '21')
    await info('old', 'barn', 7)
    await publish('home/barn/temperature', '22')
    await publish('home/barn/humidity', '40')
    await eventually(() => values('barn').length === 1)
    assert.deepEqual(values('barn'), [40])
    assert.equal((await rejected('bad-unit')) - before, 2)
  })

  it('has a record in the unit of its info, and its live values are the same readings', async () => {
    const epoch = randomBytes(8).toString('hex')
    await guest.subscribeAsync('device/rec/ack')
    const acknowledged = new Promise<number>((resolve) => {
      guest.on('message', (topic, payload) => topic === 'device/rec/ack' && resolve(readAck(payload).seq))
    })
    await info('rec', 'porch', 'fahrenheit', { epoch, interval: 10 })
    await eventually(async () => (await monitor.get<Device[]>('/api/devices')).some(({ id }) => id === 'rec'))
    await publish('home/porch/temperature', '68')
    await eventually(async () => (await rooms('porch'))[0]?.quantities.temperature?.value === 20)
    const now = Date.now()
    const rows = [
      [1, now - 20_000, { temperature: '66.2', humidity: null }],
      [2, 'noon', { temperature: 66 }],
      [3, now - 10_000, { temperature: 'warm', humidity: 40 }],
      [4, now, { temperature: 68 }],
    ]
    await publish('device/rec/readings', { v: 1, device: 'rec', epoch, batch: 'b1', from: 1, to: 4, now, rows, oldest: null })
    assert.equal(await acknowledged, 4)
    assert.deepEqual(values('porch'), [19, 40, 20])
    assert.equal((await rooms('porch'))[0]?.quantities.temperature?.value, 20)
    assert.deepEqual(alerts('porch'), [])
  })

  it('has a wrong field in its heartbeat: it is online, the field is left out and counted', async () => {
    const before = await rejected('bad-field')
    await publish('device/busy/heartbeat', { device_id: 'busy', cpu: 104.2, memory: 41, disk: null })
    const device = await eventually(async () => (await monitor.get<Device[]>('/api/devices')).find(({ id }) => id === 'busy'))
    assert.equal(device.status, 'online')
    assert.deepEqual(device.heartbeat, { device_id: 'busy', memory: 41 })
    assert.equal((await rejected('bad-field')) - before, 1)
  })

  it('writes the room in another spelling of Unicode: it is one room, with one alert that also ends', async () => {
    const [composed, decomposed] = ['K\u00fcche', 'Ku\u0308che']
    await publish(`home/${composed}/temperature`, '35')
    await eventually(() => alerts(composed).some(({ state }) => state === 'firing'))
    await publish(`home/${decomposed}/temperature`, '20')
    await eventually(() => alerts(composed).every(({ state }) => state === 'resolved'))
    assert.deepEqual(values(composed), [35, 20])
    assert.equal((await rooms(composed)).length, 1)
    const { points } = await monitor.get<{ points: unknown[] }>(`/api/readings?room=${encodeURIComponent(decomposed)}&quantity=temperature`)
    assert.equal(points.length, 2)
  })

  it('writes its id in another spelling: it gets its acknowledgement there, and is forgotten there', async () => {
    const [composed, decomposed] = ['b\u00e4r', 'ba\u0308r']
    const epoch = randomBytes(8).toString('hex')
    const topic = `home/${decomposed}/temperature`
    await guest.subscribeAsync([`device/${decomposed}/ack`, topic, `device/${decomposed}/info`])
    const packets: string[] = []
    guest.on('message', (from, payload) => void packets.push(`${from} ${payload.length === 0 ? 'empty' : ''}`.trim()))
    const readings = [{ key: 'temperature', topic }]
    await publish(`device/${decomposed}/info`, { id: decomposed, room: decomposed, epoch, readings }, true)
    await publish(topic, '20', true)
    const rows = [[1, Date.now(), { temperature: 20 }]]
    const batch = { v: 1, device: decomposed, epoch, batch: 'b1', from: 1, to: 1, now: Date.now(), rows }
    await publish(`device/${decomposed}/readings`, batch)
    await eventually(() => packets.includes(`device/${decomposed}/ack`))
    assert.deepEqual(values(composed), [20])
    await publish(`device/${decomposed}/status`, 'offline')
    await eventually(async () => (await monitor.get<Device[]>('/api/devices')).find(({ id }) => id === composed)?.status === 'offline')
    await monitor.send('DELETE', `/api/devices/${encodeURIComponent(decomposed)}`)
    await eventually(() => packets.includes(`device/${decomposed}/info empty`) && packets.includes(`${topic} empty`))
  })

  it('always sends readings of twelve minutes ago: a crossing is told as late, in one mail, and the room is online', async () => {
    const at = Date.now() - 12 * minute
    await publish('home/freezer/temperature', { value: -18, time: at })
    for (const second of [1, 2, 3]) await publish('home/freezer/temperature', { value: 35, time: at + second * 1000 })
    await publish('home/freezer/temperature', { value: 36, time: at + minute })
    const mail = await inbox.next(({ subject }) => subject.includes('freezer'))
    assert.match(mail.subject, /freezer 3[56]\.0 °C: was too hot/)
    await eventually(() => values('freezer').length === 5)
    assert.equal((await rooms('freezer'))[0]?.status, 'online')
    await eventually(() => alerts('freezer').length > 0)
    assert.partialDeepStrictEqual(alerts('freezer'), [{ rule: 'too-hot', state: 'resolved' }])
  })
})
