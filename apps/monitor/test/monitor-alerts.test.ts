import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Health, Room } from '@hearthwatch/api/rooms'
import { silent } from '@hearthwatch/log'
import { day, minute, second } from '@hearthwatch/protocol/durations'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import mqtt, { type MqttClient } from 'mqtt'

const main = join(import.meta.dirname, '..', 'main.ts')
const hot = { quantity: 'temperature', condition: 'above', limit: 30, recover: 1 }

describe('An alert in a running monitor', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  let inbox: Inbox
  /** How far the monitor's clock is ahead. ms */
  let ahead: number
  beforeEach(async () => {
    ahead = 0
    inbox = await startInbox()
    const settings = { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.1' }
    monitor = await startTestMonitor(settings, silent, () => Date.now() + ahead)
    guest = await monitor.client()
  })
  afterEach(async () => {
    await monitor.close()
    await inbox.close()
  })
  const publish = (room: string, value: number) => guest.publishAsync(`home/${room}/temperature`, String(value), { qos: 1 })
  const alerts = () => monitor.get<Alert[]>('/api/alerts')
  const stateOf = async (room: string) => (await alerts()).find((alert) => alert.room === room)?.state
  const becomes = (room: string, state: string) => eventually(async () => (await stateOf(room)) === state)

  it('that flaps causes one pair of notifications with `keepFiringFor`', async () => {
    await monitor.send('PUT', '/api/rules/too-hot', { ...hot, keepFiringFor: 2 })
    for (let i = 0; i < 20; i += 1) await publish('kitchen', i % 2 === 0 ? 31 : 28)
    await eventually(async () => {
      await publish('kitchen', 28)
      return (await stateOf('kitchen')) === 'resolved'
    })
    await inbox.next(({ subject }) => subject.includes('kitchen'))
    await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.equal((await alerts()).length, 1)
    assert.equal(monitor.rows('SELECT * FROM notification').length, 2)
  })

  it('keeps firing without readings and across a restart, until a reading within limits resolves it', async () => {
    await publish('kitchen', 31)
    await becomes('kitchen', 'firing')
    await guest.endAsync()
    await monitor.restart()
    guest = await monitor.client()
    await publish('hall', 20)
    await eventually(async () => (await monitor.get<unknown[]>('/api/rooms')).length === 2)
    assert.equal(await stateOf('kitchen'), 'firing')
    await publish('kitchen', 20)
    await becomes('kitchen', 'resolved')
  })

  it('repeats its notification until it is acknowledged', async () => {
    await monitor.send('PUT', '/api/rules/too-hot', { ...hot, repeat: [1] })
    await publish('kitchen', 31)
    const repeats = (id: number) => monitor.rows(`SELECT event FROM notification WHERE event LIKE 'alert/${id}/repeat/%'`).length
    const { id } = await eventually(async () => (await alerts())[0])
    const repeatsTwice = async (id: number, room: string) => {
      for (const count of [1, 2]) {
        ahead += minute
        await publish(room, 31)
        await eventually(() => repeats(id) >= count)
      }
    }
    await repeatsTwice(id, 'kitchen')
    await monitor.send('POST', `/api/alerts/${id}/acknowledge`)
    const before = repeats(id)
    await publish('hall', 31)
    const other = await eventually(async () => (await alerts()).find(({ room }) => room === 'hall'))
    await repeatsTwice(other.id, 'hall')
    assert.equal(repeats(id), before)
    await publish('kitchen', 20)
    await becomes('kitchen', 'resolved')
    await inbox.next(({ subject }) => subject.includes('kitchen'))
  })

  it('that was silenced is notified when the silence ends, if it still fires', async () => {
    const until = Date.now() + 2500
    await monitor.send('POST', '/api/silences', { room: 'kitchen', until, comment: 'painting' })
    await publish('kitchen', 31)
    await becomes('kitchen', 'firing')
    await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.ok(Date.now() >= until)
  })

  it('resolves when its rule is switched off', async () => {
    await publish('kitchen', 31)
    await becomes('kitchen', 'firing')
    await monitor.send('PUT', '/api/rules/too-hot', { ...hot, enabled: false })
    await becomes('kitchen', 'resolved')
  })
})

let clocks = 0

/** Waits until the monitor has judged the time that passed: a rule with `for` fires without a second reading. */
async function timePasses(monitor: TestMonitor, client: MqttClient): Promise<void> {
  clocks += 1
  const room = `clock-${clocks}`
  await monitor.send('PUT', '/api/rules/time', { ...hot, rooms: 'clock-*', for: 1 })
  await client.publishAsync(`home/${room}/temperature`, '31', { qos: 1 })
  await eventually(() => monitor.rows(`SELECT 1 FROM alert WHERE rule = 'time' AND room = '${room}' AND state = 'firing'`).length > 0)
}

describe('A monitor whose clock jumps', () => {
  it('ten years ahead and back raises no offline or silent alert', async () => {
    const decade = 3650 * day
    let ahead = 0
    const monitor = await startTestMonitor({ OFFLINE_AFTER: '60' }, undefined, () => Date.now() + ahead)
    try {
      const guest = await monitor.client()
      const publish = async () => {
        for (let i = 0; i < 8; i += 1)
          for (let room = 0; room < 20; room += 1) await guest.publishAsync(`home/room-${room}/temperature`, '20', { qos: 1 })
        await timePasses(monitor, guest)
      }
      await publish()
      ahead = decade
      await publish()
      ahead = 0
      await publish()
      assert.deepEqual(monitor.rows("SELECT * FROM alert WHERE room NOT LIKE 'clock-%'"), [])
    } finally {
      await monitor.close()
    }
  })
})

describe('A pending alert', need('mosquitto'), () => {
  it('keeps its start when the monitor is killed, and fires after its `for` in total', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const monitor = await startTestMonitor({ MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: 'killed' })
    await monitor.send('PUT', '/api/rules/too-hot', { ...hot, for: 4 })
    await monitor.stop()
    const env = { MQTT_URL: monitor.config.MQTT_URL, DATABASE_FILE: monitor.config.DATABASE_FILE, HTTP_PORT: '0', MQTT_CLIENT_ID: 'killed' }
    const start = async () => {
      const child = spawn(process.execPath, [main], {
        cwd: monitor.folder,
        env: { ...process.env, ...env, COMMIT_INTERVAL: '20' },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      for await (const text of child.stderr) if (String(text).includes('listening to the broker')) break
      return child
    }
    let child: ChildProcess = await start()
    const guest = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    const publish = (value: number) => guest.publishAsync('home/kitchen/temperature', String(value), { qos: 1 })
    const alert = () => monitor.rows<Alert>('SELECT * FROM alert')[0]
    try {
      await eventually(async () => {
        await publish(31)
        return alert()?.state === 'pending'
      })
      const { started } = alert() as Alert
      child.kill('SIGKILL')
      await once(child, 'exit')
      child = await start()
      await eventually(async () => {
        await publish(31)
        return alert()?.state === 'firing'
      })
      const fired = alert() as Alert
      assert.equal(fired.started, started)
      assert.ok(fired.fired !== null && fired.fired - started >= 4000 && fired.fired - started < 12_000)
    } finally {
      child.kill()
      await guest.endAsync()
      await monitor.close()
      await broker.stop()
    }
  })
})

describe('An external broker', need('mosquitto'), () => {
  it('with hundreds of retained statuses raises no alert, even if many of them are offline', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    for (let room = 0; room < 200; room += 1)
      await client.publishAsync(`home/room-${room}/sensor/status`, room % 2 === 0 ? 'offline' : 'online', { qos: 1, retain: true })
    let ahead = 0
    const settings = { MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: 'full', OFFLINE_AFTER: '1' }
    const monitor = await startTestMonitor(settings, undefined, () => Date.now() + ahead)
    try {
      const rooms = async () => (await monitor.get<Room[]>('/api/rooms')).filter(({ status }) => status !== 'unknown').length
      await eventually(async () => (await rooms()) === 200)
      await monitor.restart()
      await eventually(async () => (await rooms()) === 200)
      // The rooms are in the database: they are there before the connection.
      await eventually(async () => (await monitor.get<Health>('/api/health')).mqtt === 'connected')
      // Longer than the 5 s in which an offline device may reconnect, and too short for a jump of the clock.
      ahead = 7 * second
      await timePasses(monitor, client)
      assert.deepEqual(monitor.rows("SELECT * FROM alert WHERE room NOT LIKE 'clock-%'"), [])
      assert.deepEqual(monitor.rows('SELECT * FROM notification'), [])
    } finally {
      await client.endAsync()
      await monitor.close()
      await broker.stop()
    }
  })

  it('that stops causes one alert by mail after a minute, resolved when it is back, and no device is offline', async () => {
    // Time passes eight times faster. A faster clock would be treated as a jump.
    const start = Date.now()
    const now = () => start + (Date.now() - start) * 8
    const inbox = await startInbox()
    let broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const { port } = broker
    const settings = { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', OFFLINE_AFTER: '30', MQTT_CLIENT_ID: 'alone' }
    const monitor = await startTestMonitor({ ...settings, MQTT_URL: `mqtt://127.0.0.1:${port}` }, undefined, now)
    try {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
      for (let i = 0; i < 5; i += 1) {
        for (let room = 0; room < 20; room += 1) await client.publishAsync(`home/room-${room}/temperature`, '20', { qos: 1 })
      }
      await eventually(async () => (await monitor.get<unknown[]>('/api/rooms')).length === 20)
      client.end(true)
      await broker.stop()
      const firing = await inbox.next(undefined, 30_000)
      assert.deepEqual(
        monitor.rows<Alert>('SELECT * FROM alert').map(({ rule, state }) => [rule, state]),
        [['broker', 'firing']],
      )
      broker = await startMosquitto({ config: ['allow_anonymous true'], port })
      await eventually(() => monitor.rows<Alert>('SELECT * FROM alert')[0]?.state === 'resolved', 30_000)
      const resolved = await inbox.next(undefined, 30_000)
      assert.notEqual(firing.subject, resolved.subject)
      assert.equal(monitor.rows("SELECT * FROM alert WHERE fired <= (SELECT resolved FROM alert WHERE rule = 'broker')").length, 1)
    } finally {
      await monitor.close()
      await broker.stop()
      await inbox.close()
    }
  })
})
