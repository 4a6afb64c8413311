import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import type { Health, Room } from '@hearthwatch/api/rooms'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/inbox'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import mqtt from 'mqtt'

interface Reading {
  room: string
  value: number
  late: number | null
}

const main = join(import.meta.dirname, '..', 'main.ts')
const url = (broker: Mosquitto) => `mqtt://127.0.0.1:${broker.port}`

describe('The monitor and a broker that remembers', need('mosquitto'), () => {
  let broker: Mosquitto
  let house: TestMonitor
  beforeEach(async () => {
    await house?.close()
  })
  before(async () => {
    broker = await startMosquitto({ config: ['allow_anonymous true', 'max_inflight_messages 1000', 'max_queued_messages 100000'] })
  })
  after(async () => {
    await house?.close()
    await broker.stop()
  })
  const guest = () => mqtt.connectAsync(url(broker), { reconnectPeriod: 0 })
  /** A house that hears what is said from now on: before that, a new session is not there to wait for it. */
  const startListening = async (clientId: string, settings: Record<string, string> = {}) => {
    house = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: clientId, ...settings })
    await eventually(async () => (await house.get<Health>('/api/health')).mqtt === 'connected')
  }
  const rows = (room: string) =>
    house.rows<Reading>(`SELECT room, value, late FROM reading JOIN series ON id = series WHERE room = '${room}' ORDER BY time`)
  const room = async (name: string) => (await house.get<Room[]>('/api/rooms')).find((view) => view.room === name)

  it('takes a retained value for the tile, and neither for a reading, nor for a sign of life, nor for a reason to alert', async () => {
    const client = await guest()
    await client.publishAsync('home/kitchen/temperature', '35', { qos: 1, retain: true })
    await client.publishAsync('home/kitchen/sensor/status', 'online', { qos: 1, retain: true })
    house = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'retained' })
    const view = await eventually(async () => {
      const view = await room('kitchen')
      return view?.status === 'online' && view.quantities.temperature ? view : undefined
    })
    assert.equal(view.quantities.temperature?.value, 35)
    await client.publishAsync('home/porch/temperature', '1', { qos: 1 })
    await eventually(() => rows('porch').length === 1)
    assert.deepEqual(rows('kitchen'), [])
    assert.deepEqual(house.rows('SELECT * FROM alert'), [])
    await client.publishAsync('home/kitchen/temperature', '', { qos: 1, retain: true })
    await client.publishAsync('home/kitchen/sensor/status', '', { qos: 1, retain: true })
    await client.endAsync()
  })

  it('keeps what had waited while it was away as late, judges none of it, and what comes after that as now', async () => {
    await startListening('backlog')
    const client = await guest()
    await client.publishAsync('home/loft/temperature', '20', { qos: 1 })
    await eventually(() => rows('loft').length === 1)
    await house.stop()
    for (const value of [35, 36, 37]) await client.publishAsync('home/loft/temperature', String(value), { qos: 1 })
    await house.restart()
    await eventually(() => rows('loft').length === 4)
    assert.deepEqual(
      rows('loft').map(({ value, late }) => [value, late]),
      [
        [20, null],
        [35, 1],
        [36, 1],
        [37, 1],
      ],
    )
    assert.deepEqual(house.rows('SELECT * FROM alert'), [])
    // The past ends when the monitor hears its own greeting: nobody outside sees that moment.
    await eventually(async () => {
      await client.publishAsync('home/loft/temperature', '38', { qos: 1 })
      return house.rows('SELECT * FROM alert').length === 1
    })
    await client.endAsync()
  })

  it('tells texts that had waited in one mail, and of the statuses only the last one', async () => {
    const inbox: Inbox = await startInbox()
    await startListening('texts', { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.5' })
    const client = await guest()
    await client.publishAsync('device/esp/status', 'online', { qos: 1 })
    await eventually(async () => (await house.get<Device[]>('/api/devices')).some(({ id, status }) => id === 'esp' && status === 'online'))
    await house.stop()
    for (let i = 0; i < 20; i += 1) await client.publishAsync('home/loft/alert', `Too hot ${i}`, { qos: 1 })
    for (const status of ['offline', 'online', 'offline', 'online']) await client.publishAsync('device/esp/status', status, { qos: 1 })
    await house.restart()
    const mail = await inbox.next(({ text }) => text.includes('loft'))
    assert.match(mail.text, /Too hot/)
    await eventually(async () => (await house.get<Device[]>('/api/devices')).some(({ id, status }) => id === 'esp' && status === 'online'))
    assert.deepEqual(house.rows("SELECT * FROM alert WHERE rule = 'offline'"), [])
    assert.equal(inbox.mails.length, 1)
    await client.endAsync()
    await inbox.close()
  })

  it('tells nobody what an alarm of ours had said while it was away: the record says it', async () => {
    const inbox: Inbox = await startInbox()
    await startListening('alarms', { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.5' })
    const client = await guest()
    const info = { id: 'pi-9', room: 'greenhouse', epoch: '0123456789abcdef', readings: [] }
    await client.publishAsync('device/pi-9/info', JSON.stringify(info), { qos: 1, retain: true })
    await eventually(async () => (await house.get<Device[]>('/api/devices')).some(({ id }) => id === 'pi-9'))
    await house.stop()
    await client.publishAsync('home/greenhouse/alert', 'Too hot: 35 °C', { qos: 1 })
    await client.publishAsync('home/barn/alert', 'Moo', { qos: 1 })
    await house.restart()
    const told = await inbox.next()
    assert.match(told.text, /Moo/)
    assert.doesNotMatch(told.text, /greenhouse/)
    assert.equal(house.rows('SELECT * FROM notification').length, 1)
    await client.publishAsync('device/pi-9/info', '', { qos: 1, retain: true })
    await client.endAsync()
    await inbox.close()
  })

  it('loses nothing that a foreign sensor sent at QoS 1, although it is killed again and again', async () => {
    house = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'unused' })
    await house.stop()
    const start = () =>
      spawn(process.execPath, [main], {
        cwd: house.folder,
        env: { ...process.env, MQTT_URL: url(broker), DATABASE_FILE: house.config.DATABASE_FILE, HTTP_PORT: '0', MQTT_CLIENT_ID: 'killed' },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    const listening = async (child: ChildProcess) => {
      for await (const text of child.stderr ?? []) if (String(text).includes('listening to the broker')) return child.stderr?.resume()
    }
    let monitor = start()
    await listening(monitor)
    const client = await guest()
    const count = 3000
    const published = (async () => {
      for (let i = 0; i < count; i += 1) await client.publishAsync('home/loft/power', String(i), { qos: 1 })
    })()
    for (let kill = 0; kill < 4; kill += 1) {
      // In the middle of the stream: there is more to come after the last kill, too.
      await eventually(() => rows('loft').length > (kill + 1) * (count / 6))
      monitor.kill('SIGKILL')
      await once(monitor, 'exit')
      monitor = start()
      await listening(monitor)
    }
    await published
    await eventually(() => new Set(rows('loft').map(({ value }) => value)).size === count, 30_000)
    monitor.kill('SIGTERM')
    assert.deepEqual(await once(monitor, 'exit'), [0, null])
    await client.endAsync()
    await house.restart()
  })

  it('notices that another monitor uses its name, keeps away for a minute and says so', async () => {
    house = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'twice' })
    const other = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'twice' })
    const sick = await eventually(async () => {
      for (const one of [house, other]) {
        const response = await fetch(new URL('/api/health', one.url))
        const health = (await response.json()) as { mqtt: string }
        if (response.status === 503 && /client id|another/i.test(health.mqtt)) return health
      }
      return undefined
    }, 40_000)
    assert.ok(sick.mqtt)
    await other.close()
  })
})

describe('A second monitor on the same database', () => {
  it('exits 1 and says why', async () => {
    const house = await startTestMonitor()
    const second = spawn(process.execPath, [main], {
      cwd: house.folder,
      env: { ...process.env, DATABASE_FILE: house.config.DATABASE_FILE, BROKER_PORT: '0', HTTP_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const said = await Array.fromAsync(second.stderr, String)
    assert.equal(second.exitCode ?? (await once(second, 'exit'))[0], 1)
    assert.match(said.join(''), /Another monitor already uses/)
    await house.close()
  })
})
