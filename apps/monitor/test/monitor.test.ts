import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { ReadingEvent } from '@hearthwatch/api/events'
import type { Room } from '@hearthwatch/api/rooms'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { MqttClient } from 'mqtt'

describe('A reading that any client publishes', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  before(async () => {
    monitor = await startTestMonitor()
    guest = await monitor.client()
  })
  after(() => monitor?.close())
  const publish = (topic: string, payload: string, retain = false) => guest.publishAsync(topic, payload, { qos: 1, retain })
  const readings = (room: string) => monitor.rows<ReadingEvent>('SELECT * FROM readings ORDER BY time').filter((row) => row.room === room)
  const room = async (name: string) => (await monitor.get<Room[]>('/api/rooms')).find((view) => view.room === name)

  it('appears as a room, and is stored as a row in the database', async () => {
    const before = Date.now()
    await publish('home/kitchen/temperature', '25.5')
    const [row] = await eventually(() => (readings('kitchen').length > 0 ? readings('kitchen') : undefined))
    assert.partialDeepStrictEqual(row, { quantity: 'temperature', device: null, value: 25.5 })
    assert.ok(row && row.time >= before && row.time <= Date.now())
    const view = await eventually(() => room('kitchen'))
    assert.equal(view.status, 'online')
    assert.partialDeepStrictEqual(view.quantities.temperature, { value: 25.5, unit: '°C' })
  })

  it('replaces the shown value although the previous reading has a time in the future', async () => {
    await publish('home/cellar/temperature', JSON.stringify({ value: 12, time: Date.now() + 60 * minute }))
    const shows = (value: number) => eventually(async () => (await room('cellar'))?.quantities.temperature?.value === value)
    await publish('home/cellar/temperature', '13')
    await shows(13)
    await publish('home/cellar/temperature', JSON.stringify({ value: 14, time: Date.now() }))
    await shows(14)
    await monitor.restart()
    guest = await monitor.client()
    await shows(14)
    await publish('home/cellar/temperature', '15')
    await shows(15)
  })

  it('is stored at its arrival if it is a plain number, although the previous reading has a time in the future', async () => {
    const before = Date.now()
    await publish('home/loft/temperature', JSON.stringify({ value: 21, time: before + 8 * hour }))
    await Promise.all(['22', '22', '23'].map((value) => publish('home/loft/temperature', value)))
    await eventually(() => readings('loft').length === 4)
    const times = readings('loft').map(({ time }) => time)
    assert.ok(
      times.slice(0, 3).every((time) => time >= before && time <= Date.now() + 3),
      String(times),
    )
    const { points } = await monitor.get<{ points: unknown[] }>('/api/readings?room=loft&quantity=temperature')
    assert.equal(points.length, 3)
  })

  it('is never treated as a repeat if it is a plain number, even within one millisecond', async () => {
    await Promise.all(Array.from({ length: 50 }, () => publish('home/hall/temperature', '21')))
    await eventually(() => readings('hall').length === 50)
    assert.equal(new Set(readings('hall').map(({ time }) => time)).size, 50)
  })

  it('is stored once if it carries its own time and arrives several times', async () => {
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

  it('is rejected and counted if it is malformed', async () => {
    await publish('home/kitchen/temperature', 'warm')
    await publish('home/kitchen/constructor', '{"__proto__":1}')
    await publish('device/x/heartbeat', '{')
    await publish('home/shed/temperature', '5')
    await eventually(() => readings('shed').length === 1)
    const metrics = await (await fetch(new URL('/metrics', monitor.url))).text()
    assert.match(metrics, /hearthwatch_rejected_total\{reason="not-a-number"\} 2/)
    assert.match(metrics, /hearthwatch_rejected_total\{reason="bad-json"\} 1/)
  })

  it('is stored under every name that a room can have', async () => {
    const names = ['客廳', '<img src=x onerror=alert(1)>', "Robert'); DROP TABLE reading;--", '=cmd()', '..']
    for (const name of names) await publish(`home/${name}/temperature`, '20')
    await eventually(() => names.every((name) => readings(name).length === 1))
    for (const name of names) assert.equal((await room(name))?.room, name)
  })
})

describe('A room that gets too hot', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.2', GROUP_INTERVAL: '0' })
    guest = await monitor.client()
  })
  after(async () => {
    await monitor?.close()
    await inbox.close()
  })
  const publish = (value: number) => guest.publishAsync('home/kitchen/temperature', String(value), { qos: 1 })
  const alerts = () => monitor.rows<Alert>("SELECT * FROM alert_log WHERE rule = 'too-hot' ORDER BY id")

  it('causes one mail when it crosses the limit and one when it recovers, whatever the number of readings between', async () => {
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

  it('causes no second mail after a restart of the monitor', async () => {
    const before = inbox.mails.length
    await publish(35)
    await inbox.next()
    await monitor.restart()
    guest = await monitor.client()
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

describe('A tutorial sensor that publishes an alert text at each reading over 30 °C', () => {
  let monitor: TestMonitor
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '1' })
  })
  after(async () => {
    await monitor?.close()
    await inbox.close()
  })

  it('causes one mail, not one per text', async () => {
    const guest = await monitor.client()
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
      monitor.rows<Alert>('SELECT * FROM alert_log').map(({ rule }) => rule),
      ['too-hot'],
    )
  })

  it('causes a mail by its text alone if it publishes no readings', async () => {
    const guest = await monitor.client()
    for (let i = 0; i < 5; i += 1) await guest.publishAsync('home/barn/alert', 'The door is open', { qos: 1 })
    const mail = await inbox.next(({ subject }) => subject.includes('barn'))
    assert.match(mail.text, /The door is open/)
    assert.equal(monitor.rows<Alert>("SELECT * FROM alert_log WHERE room = 'barn'").length, 1)
  })
})
