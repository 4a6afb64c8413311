import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { MqttClient } from 'mqtt'
import { type Inbox, startInbox } from '../../../test/inbox.ts'
import { eventually, type House, startHouse } from './house.ts'

interface Reading {
  room: string
  quantity: string
  device: string | null
  time: number
  value: number
}
interface Alert {
  rule: string
  room: string | null
  device: string | null
  state: string
}
interface Room {
  room: string
  status: string
  quantities: Record<string, { value: number; unit: string }>
}

const minute = 60_000

describe('What anybody publishes', () => {
  let house: House
  let guest: MqttClient
  before(async () => {
    house = await startHouse()
    guest = await house.client()
  })
  after(() => house?.close())
  const publish = (topic: string, payload: string, retain = false) => guest.publishAsync(topic, payload, { qos: 1, retain })
  const readings = (room: string) => house.rows<Reading>('SELECT * FROM readings ORDER BY time').filter((row) => row.room === room)
  const room = async (name: string) => (await house.get<Room[]>('/api/rooms')).find((view) => view.room === name)

  it('shows up as a room, and is a row in the database', async () => {
    const before = Date.now()
    await publish('home/kitchen/temperature', '25.5')
    const [row] = await eventually(() => (readings('kitchen').length > 0 ? readings('kitchen') : undefined))
    assert.partialDeepStrictEqual(row, { quantity: 'temperature', device: null, value: 25.5 })
    assert.ok(row && row.time >= before && row.time <= Date.now())
    const view = await eventually(() => room('kitchen'))
    assert.equal(view.status, 'online')
    assert.partialDeepStrictEqual(view.quantities.temperature, { value: 25.5, unit: '°C' })
  })

  it('is what is shown although the one before came from a clock that is ahead', async () => {
    await publish('home/cellar/temperature', JSON.stringify({ value: 12, time: Date.now() + 60 * minute }))
    const shows = (value: number) => eventually(async () => (await room('cellar'))?.quantities.temperature?.value === value)
    await publish('home/cellar/temperature', '13')
    await shows(13)
    await publish('home/cellar/temperature', JSON.stringify({ value: 14, time: Date.now() }))
    await shows(14)
    await house.restart()
    guest = await house.client()
    await publish('home/cellar/temperature', '15')
    await shows(15)
  })

  it('is never taken for a repeat where it is a plain number, even within one millisecond', async () => {
    await Promise.all(Array.from({ length: 50 }, () => publish('home/hall/temperature', '21')))
    await eventually(() => readings('hall').length === 50)
    assert.equal(new Set(readings('hall').map(({ time }) => time)).size, 50)
  })

  it('is stored once where it carries its own time, however often it comes', async () => {
    const time = Date.now() - minute
    await publish('home/attic/humidity', JSON.stringify({ value: 40, time }))
    await publish('home/attic/humidity', JSON.stringify({ humidity: 40, time }))
    await publish('home/attic/humidity', JSON.stringify({ value: 41, time }))
    await publish('home/attic/humidity', JSON.stringify({ value: 42, time: time + 1000 }))
    await eventually(() => readings('attic').length >= 3)
    assert.deepEqual(
      readings('attic').map((row) => [row.time - time, row.value]),
      [
        [0, 40],
        [1, 41],
        [1000, 42],
      ],
    )
  })

  it('does no harm where it is garbage, and is counted', async () => {
    await publish('home/kitchen/temperature', 'warm')
    await publish('home/kitchen/constructor', '{"__proto__":1}')
    await publish('device/x/heartbeat', '{')
    await publish('home/shed/temperature', '5')
    await eventually(() => readings('shed').length === 1)
    const metrics = await (await fetch(new URL('/metrics', house.monitor.url))).text()
    assert.match(metrics, /hearthwatch_rejected_total\{reason="not-a-number"\} 2/)
    assert.match(metrics, /hearthwatch_rejected_total\{reason="bad-json"\} 1/)
  })

  it('is kept under any name that a room can have', async () => {
    const names = ['客廳', '<img src=x onerror=alert(1)>', "Robert'); DROP TABLE reading;--", '=cmd()', '..']
    for (const name of names) await publish(`home/${name}/temperature`, '20')
    await eventually(() => names.every((name) => readings(name).length === 1))
    for (const name of names) assert.equal((await room(name))?.room, name)
  })
})

describe('A room that gets too hot', () => {
  let house: House
  let guest: MqttClient
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    house = await startHouse({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.2', GROUP_INTERVAL: '0' })
    guest = await house.client()
  })
  after(async () => {
    await house?.close()
    await inbox.close()
  })
  const publish = (value: number) => guest.publishAsync('home/kitchen/temperature', String(value), { qos: 1 })
  const alerts = () => house.rows<Alert>("SELECT * FROM alert_log WHERE rule = 'too-hot' ORDER BY id")

  it('makes one mail when it crosses the limit and one when it has come back, however long it stays there', async () => {
    for (const value of [29, 31, 32, 33, 30.5, 29.4, 31]) await publish(value)
    const hot = await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.match(hot.subject, /31(\.0)? °C/)
    assert.deepEqual(
      alerts().map(({ state }) => state),
      ['firing'],
    )
    for (const value of [29, 28.5]) await publish(value)
    await inbox.next()
    await eventually(() => alerts()[0]?.state === 'resolved')
    assert.equal(alerts().length, 1)
    assert.equal(inbox.mails.length, 2)
  })

  it('is remembered over a restart: what was told is not told again', async () => {
    const before = inbox.mails.length
    await publish(35)
    await inbox.next()
    await house.restart()
    guest = await house.client()
    await publish(36)
    await publish(20)
    await inbox.next()
    assert.equal(inbox.mails.length, before + 2)
    assert.deepEqual(
      alerts().map(({ state }) => state),
      ['resolved', 'resolved'],
    )
  })
})

describe('Who is offline', () => {
  let house: House
  let guest: MqttClient
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    house = await startHouse({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', OFFLINE_AFTER: '3' })
    guest = await house.client()
  })
  after(async () => {
    await house?.close()
    await inbox.close()
  })
  const publish = (topic: string, payload: string, retain = false) => guest.publishAsync(topic, payload, { qos: 1, retain })
  const alerts = (device: string) => house.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.device === device)
  const device = async (id: string) => (await house.get<{ id: string; status: string }[]>('/api/devices')).find((view) => view.id === id)
  const info = (id: string, room: string, status = `device/${id}/status`) =>
    JSON.stringify({ id, room, status, readings: [{ key: 'temperature', topic: `home/${room}/temperature` }] })

  it('is shown at once and told after 5 s without a sign of life, with the word of its will', async () => {
    const sensor = await house.client({
      username: 'sensor',
      will: { topic: 'device/pi-1/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    })
    await sensor.publishAsync('device/pi-1/info', info('pi-1', 'kitchen'), { qos: 1, retain: true })
    await sensor.publishAsync('device/pi-1/status', 'online', { qos: 1, retain: true })
    await eventually(async () => (await device('pi-1'))?.status === 'online')
    sensor.stream.destroy()
    await eventually(async () => (await device('pi-1'))?.status === 'offline')
    assert.deepEqual(
      alerts('pi-1').map(({ state }) => state),
      ['pending'],
    )
    const mail = await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.match(mail.subject, /offline/)
    await publish('device/pi-1/status', 'online')
    await inbox.next(({ text }) => text.includes('pi-1'))
    assert.deepEqual(
      alerts('pi-1').map(({ state }) => state),
      ['resolved'],
    )
  })

  it('is nobody who comes back within 5 s: a Wi-Fi hand-over is no alert', async () => {
    await publish('device/pi-2/status', 'online')
    await publish('device/pi-2/status', 'offline')
    await eventually(() => alerts('pi-2').length === 1)
    await publish('device/pi-2/status', 'online')
    await eventually(() => alerts('pi-2').length === 0)
  })

  it('is told after the allowed silence of a device that sends heartbeats', async () => {
    await publish('device/pi-3/info', info('pi-3', 'cellar'), true)
    await publish('device/pi-3/heartbeat', '{"cpu":1}')
    await inbox.next(({ subject }) => subject.includes('cellar'))
    assert.equal((await device('pi-3'))?.status, 'offline')
    await publish('device/pi-3/heartbeat', '{"cpu":1}')
    await eventually(() => alerts('pi-3').some(({ state }) => state === 'resolved'))
  })

  it('is nobody who was never seen fresh', async () => {
    await publish('device/pi-4/status', 'offline')
    await eventually(async () => (await device('pi-4'))?.status === 'offline')
    assert.deepEqual(alerts('pi-4'), [])
  })

  it('is not decided by a status topic that several devices name as theirs', async () => {
    const shared = 'home/den/sensor/status'
    await publish('device/pi-5/info', info('pi-5', 'den', shared), true)
    await publish('device/pi-6/info', info('pi-6', 'den', shared), true)
    await publish(shared, 'offline')
    await publish('device/pi-6/status', 'offline')
    await eventually(async () => (await device('pi-5'))?.status === 'online')
    assert.deepEqual(alerts('pi-5'), [])
  })
})

describe('The tutorial’s sensor, which shouts at every reading over 30', () => {
  let house: House
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    house = await startHouse({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '1' })
  })
  after(async () => {
    await house?.close()
    await inbox.close()
  })

  it('makes one mail, not one each time', async () => {
    const guest = await house.client()
    for (let value = 30.5; value < 36; value += 0.5) {
      await guest.publishAsync('home/garage/temperature', String(value), { qos: 1 })
      await guest.publishAsync('home/garage/alert', `Too hot: ${value}`, { qos: 1 })
    }
    await inbox.next(({ subject }) => subject.includes('garage'))
    await guest.publishAsync('home/garage/alert', 'Too hot: still', { qos: 1 })
    await guest.publishAsync('home/garage/temperature', '20', { qos: 1 })
    await inbox.next()
    assert.equal(inbox.mails.length, 2)
    assert.deepEqual(
      house.rows<Alert>('SELECT * FROM alert_log').map(({ rule }) => rule),
      ['too-hot'],
    )
  })

  it('is heard as well where its text is all there is', async () => {
    const guest = await house.client()
    for (let i = 0; i < 5; i += 1) await guest.publishAsync('home/barn/alert', 'The door is open', { qos: 1 })
    const mail = await inbox.next(({ subject }) => subject.includes('barn'))
    assert.match(mail.text, /The door is open/)
    assert.equal(house.rows<Alert>("SELECT * FROM alert_log WHERE room = 'barn'").length, 1)
  })
})
