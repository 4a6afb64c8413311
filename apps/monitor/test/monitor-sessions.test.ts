import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import type { Health, Room } from '@hearthwatch/api/rooms'
import { createLog } from '@hearthwatch/log'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import mqtt from 'mqtt'

interface Reading {
  room: string
  value: number
  late: number | null
}

const main = join(import.meta.dirname, '..', 'main.ts')
const url = (broker: Mosquitto) => `mqtt://127.0.0.1:${broker.port}`

describe('A monitor with a persistent session', need('mosquitto'), () => {
  let broker: Mosquitto
  let monitor: TestMonitor
  beforeEach(async () => {
    await monitor?.close()
  })
  before(async () => {
    broker = await startMosquitto({ config: ['allow_anonymous true', 'max_inflight_messages 1000', 'max_queued_messages 100000'] })
  })
  after(async () => {
    await monitor?.close()
    await broker.stop()
  })
  const guest = () => mqtt.connectAsync(url(broker), { reconnectPeriod: 0 })
  /** Starts a monitor and waits until its session exists at the broker, which queues messages from then on. */
  const startListening = async (clientId: string, settings: Record<string, string> = {}) => {
    monitor = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: clientId, ...settings })
    await eventually(async () => (await monitor.get<Health>('/api/health')).mqtt === 'connected')
  }
  const rows = (room: string) =>
    monitor.rows<Reading>(`SELECT room, value, late FROM reading JOIN series ON id = series WHERE room = '${room}' ORDER BY time`)
  const room = async (name: string) => (await monitor.get<Room[]>('/api/rooms')).find((view) => view.room === name)

  it('logs a new session at its first start and a kept one at the next, although its greeting is back before the line', async () => {
    const lines: string[] = []
    const log = createLog('monitor', 'info', (line) => lines.push(line))
    const sessions = () => lines.flatMap((line) => /listening to the broker.*session=(\w+)/.exec(line)?.[1] ?? [])
    monitor = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'logged' }, log)
    await eventually(() => sessions().length === 1)
    await monitor.restart()
    await eventually(() => sessions().length === 2)
    assert.deepEqual(sessions(), ['new', 'kept'])
  })

  it('shows a retained value, and neither stores it nor raises an alert by it', async () => {
    const client = await guest()
    await client.publishAsync('home/kitchen/temperature', '35', { qos: 1, retain: true })
    await client.publishAsync('home/kitchen/sensor/status', 'online', { qos: 1, retain: true })
    monitor = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'retained' })
    const view = await eventually(async () => {
      const view = await room('kitchen')
      return view?.status === 'online' && view.quantities.temperature ? view : undefined
    })
    assert.equal(view.quantities.temperature?.value, 35)
    await client.publishAsync('home/porch/temperature', '1', { qos: 1 })
    await eventually(() => rows('porch').length === 1)
    assert.deepEqual(rows('kitchen'), [])
    assert.deepEqual(monitor.rows('SELECT * FROM alert'), [])
    await client.publishAsync('home/kitchen/temperature', '', { qos: 1, retain: true })
    await client.publishAsync('home/kitchen/sensor/status', '', { qos: 1, retain: true })
    await client.endAsync()
  })

  it('stores messages that the broker queued for it as late, without alerts, and judges later messages as current', async () => {
    await startListening('backlog')
    const client = await guest()
    await client.publishAsync('home/loft/temperature', '20', { qos: 1 })
    await eventually(() => rows('loft').length === 1)
    await monitor.stop()
    for (const value of [35, 36, 37]) await client.publishAsync('home/loft/temperature', String(value), { qos: 1 })
    await monitor.restart()
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
    assert.deepEqual(monitor.rows('SELECT * FROM alert'), [])
    // Queued messages end when the monitor receives its own marker, which is not visible from outside.
    await eventually(async () => {
      await client.publishAsync('home/loft/temperature', '38', { qos: 1 })
      return monitor.rows('SELECT * FROM alert').length === 1
    })
    await client.endAsync()
  })

  it('notifies queued alert texts in one mail, and applies only the last queued status of a device', async () => {
    const inbox: Inbox = await startInbox()
    await startListening('texts', { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.5' })
    const client = await guest()
    await client.publishAsync('device/esp/status', 'online', { qos: 1 })
    await eventually(async () =>
      (await monitor.get<Device[]>('/api/devices')).some(({ id, status }) => id === 'esp' && status === 'online'),
    )
    await monitor.stop()
    for (let i = 0; i < 20; i += 1) await client.publishAsync('home/loft/alert', `Too hot ${i}`, { qos: 1 })
    for (const status of ['offline', 'online', 'offline', 'online']) await client.publishAsync('device/esp/status', status, { qos: 1 })
    await monitor.restart()
    const mail = await inbox.next(({ text }) => text.includes('loft'))
    assert.match(mail.text, /Too hot/)
    await eventually(async () =>
      (await monitor.get<Device[]>('/api/devices')).some(({ id, status }) => id === 'esp' && status === 'online'),
    )
    assert.deepEqual(monitor.rows("SELECT * FROM alert WHERE rule = 'offline'"), [])
    assert.equal(inbox.mails.length, 1)
    await client.endAsync()
    await inbox.close()
  })

  it('sends no notification for a queued alert text of a sensor that sends batches', async () => {
    const inbox: Inbox = await startInbox()
    await startListening('alarms', { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.5' })
    const client = await guest()
    const info = { id: 'pi-9', room: 'greenhouse', epoch: '0123456789abcdef', readings: [] }
    await client.publishAsync('device/pi-9/info', JSON.stringify(info), { qos: 1, retain: true })
    await eventually(async () => (await monitor.get<Device[]>('/api/devices')).some(({ id }) => id === 'pi-9'))
    await monitor.stop()
    await client.publishAsync('home/greenhouse/alert', 'Too hot: 35 °C', { qos: 1 })
    await client.publishAsync('home/barn/alert', 'Moo', { qos: 1 })
    await monitor.restart()
    const mail = await inbox.next()
    assert.match(mail.text, /Moo/)
    assert.doesNotMatch(mail.text, /greenhouse/)
    assert.equal(monitor.rows('SELECT * FROM notification').length, 1)
    await client.publishAsync('device/pi-9/info', '', { qos: 1, retain: true })
    await client.endAsync()
    await inbox.close()
  })

  it('loses no message that a client published at QoS 1, although it is killed several times', async () => {
    monitor = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'unused' })
    await monitor.stop()
    const start = () =>
      spawn(process.execPath, [main], {
        cwd: monitor.folder,
        env: {
          ...process.env,
          MQTT_URL: url(broker),
          DATABASE_FILE: monitor.config.DATABASE_FILE,
          HTTP_PORT: '0',
          MQTT_CLIENT_ID: 'killed',
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    const listening = async (one: ChildProcess) => {
      for await (const text of one.stderr ?? []) if (String(text).includes('listening to the broker')) return one.stderr?.resume()
    }
    let child = start()
    await listening(child)
    const client = await guest()
    const count = 2000
    const published = (async () => {
      for (let i = 0; i < count; i += 1) await client.publishAsync('home/loft/power', String(i), { qos: 1 })
    })()
    for (let kill = 0; kill < 3; kill += 1) {
      // Each kill is in the middle of the stream, the last one too.
      await eventually(() => rows('loft').length > (kill + 1) * (count / 5))
      child.kill('SIGKILL')
      await once(child, 'exit')
      child = start()
      await listening(child)
    }
    await published
    await eventually(() => new Set(rows('loft').map(({ value }) => value)).size === count, 30_000)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
    await client.endAsync()
    await monitor.restart()
  })

  it('reports in its health that another monitor uses its client id', async () => {
    monitor = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'twice' })
    const other = await startTestMonitor({ MQTT_URL: url(broker), MQTT_CLIENT_ID: 'twice' })
    const sick = await eventually(async () => {
      for (const one of [monitor, other]) {
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
  it('exits with 1 and names the reason', async () => {
    const monitor = await startTestMonitor()
    const second = spawn(process.execPath, [main], {
      cwd: monitor.folder,
      env: { ...process.env, DATABASE_FILE: monitor.config.DATABASE_FILE, BROKER_PORT: '0', HTTP_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const output = await Array.fromAsync(second.stderr, String)
    assert.equal(second.exitCode ?? (await once(second, 'exit'))[0], 1)
    assert.match(output.join(''), /Another monitor already uses/)
    await monitor.close()
  })
})
