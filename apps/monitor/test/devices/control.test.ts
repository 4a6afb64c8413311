import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import { silent } from '@hearthwatch/log'
import type { Link } from '@hearthwatch/mqtt'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { type ControlledDevice, startControlledDevice } from '@hearthwatch/testhouse/sensors/controlled-device'
import { createControl } from '../../devices/control.ts'
import { openStore } from '../../store/store.ts'

const anyone = ['allow_anonymous true', 'max_inflight_messages 1000', 'max_queued_messages 100000']
const brokers = [
  { name: 'the embedded broker', need: { skip: false as const }, start: async () => null },
  { name: 'Mosquitto', need: need('mosquitto'), start: () => startMosquitto({ config: anyone }) },
]

for (const kind of brokers) {
  describe(`The control of a device, by ${kind.name}`, kind.need, () => {
    let broker: Mosquitto | null
    let monitor: TestMonitor
    let device: ControlledDevice
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())
    beforeEach(async () => {
      monitor = await startTestMonitor(broker ? { MQTT_URL: `mqtt://127.0.0.1:${broker.port}` } : {})
      device = await startControlledDevice(monitor, 'pi-1')
    })
    afterEach(async () => {
      await device.disconnect()
      await monitor.close()
    })
    const put = (body: object) => send(monitor, 'PUT', '/api/devices/pi-1/config', body)
    const post = (action: string) => send(monitor, 'POST', '/api/devices/pi-1/commands', { action })
    // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
    const config = () => monitor.get<any>('/api/devices/pi-1/config')
    // biome-ignore lint/suspicious/noExplicitAny: the same
    const commands = () => monitor.get<any[]>('/api/devices/pi-1/commands')

    it('publishes settings retained at QoS 1, and stores the response of the device with them', async () => {
      const { json } = await put({ READ_INTERVAL: 5, offsets: { temperature: -0.4 } })
      const wanted = await device.next('config')
      assert.deepEqual([wanted.qos, JSON.parse(wanted.text)], [1, json.wanted])
      assert.equal(json.response, null)
      await device.respond({ id: json.wanted.id, ok: false, error: 'READ_INTERVAL is too much' })
      const { response } = await eventually(async () => ((await config()).response ? config() : undefined))
      assert.partialDeepStrictEqual(response, { id: json.wanted.id, ok: false, error: 'READ_INTERVAL is too much' })
      await device.respond({ id: json.wanted.id, ok: true })
      await eventually(async () => (await config()).response.ok)
      await device.disconnect()
      device = await startControlledDevice(monitor, 'pi-1')
      const retained = await device.next('config')
      assert.deepEqual([retained.retain, JSON.parse(retained.text)], [true, json.wanted])
      assert.equal((await put({ MAX_RATE: 2 })).json.response, null, 'a response belongs to one version of the settings')
    })

    it('publishes the settings again each time the monitor starts', async () => {
      const { json } = await put({ READ_INTERVAL: 5 })
      await device.next('config')
      await monitor.restart()
      // The embedded broker and its retained messages have stopped with the monitor.
      if (broker === null) device = await startControlledDevice(monitor, 'pi-1')
      assert.deepEqual(JSON.parse((await device.next('config')).text), json.wanted)
    })

    it('publishes a command once at QoS 2 without retain, and stores its result', async () => {
      const { status, json } = await post('measure')
      assert.equal(status, 202)
      const command = await device.next('command')
      assert.deepEqual([command.qos, command.retain, JSON.parse(command.text)], [2, false, { id: json.id, action: 'measure' }])
      await eventually(async () => (await commands())[0].sent)
      await device.respond({ id: json.id, ok: true })
      await eventually(async () => (await commands())[0].ok)
      // The response to a repeated delivery, which the device did not execute again.
      await device.respond({ id: json.id, ok: false, error: 'it was begun, and then the sensor stopped' })
      await device.respond({ id: 'nobody-asked', ok: true })
      const { json: second } = await post('identify')
      await device.respond({ id: second.id, ok: false, error: 'no lamp' })
      await eventually(async () => (await commands())[0].ok === false)
      assert.partialDeepStrictEqual(await commands(), [
        { id: second.id, ok: false, error: 'no lamp' },
        { id: json.id, ok: true, error: null },
      ])
      await monitor.restart()
      assert.equal(device.received('command').length, 2)
    })

    it('counts a malformed response as rejected', async () => {
      for (const garbage of ['', '{', '{"id":"x"}', '{"id":7,"ok":true}']) await device.send('response', garbage)
      await eventually(async () => /hearthwatch_rejected_total\{reason="bad-json"\} 3/.test(await metrics(monitor)))
    })
  })

  describe(`A device that is forgotten, by ${kind.name}`, kind.need, () => {
    let broker: Mosquitto | null
    let monitor: TestMonitor
    before(async () => {
      broker = await kind.start()
      monitor = await startTestMonitor(broker ? { MQTT_URL: `mqtt://127.0.0.1:${broker.port}` } : {})
    })
    after(async () => {
      await monitor?.close()
      await broker?.stop()
    })
    const status = async (id: string) => (await monitor.get<Device[]>('/api/devices')).find((device) => device.id === id)?.status

    it('is deleted from the broker and the monitor, except its readings and the topics of other devices', async () => {
      const old = await startControlledDevice(monitor, 'old', { room: 'attic', topics: ['home/attic/temperature', 'home/attic/humidity'] })
      const other = await startControlledDevice(monitor, 'new', { room: 'attic', topics: ['home/attic/humidity'] })
      await old.publish('home/attic/temperature', '35', true)
      await old.publish('home/attic/humidity', '40', true)
      await send(monitor, 'PUT', '/api/devices/old/config', { READ_INTERVAL: 5 })
      await eventually(() => monitor.rows("SELECT 1 FROM alert WHERE state = 'firing'").length === 1)
      await eventually(() => monitor.rows('SELECT 1 FROM readings').length === 2)
      assert.equal((await send(monitor, 'DELETE', '/api/devices/old')).status, 409, 'it is online')

      await old.publish('home/attic/sensor/status', 'offline', true)
      await old.publish('device/old/status', 'offline', true)
      await eventually(async () => (await status('old')) === 'offline')
      const notified = monitor.rows('SELECT 1 FROM notification').length
      assert.equal((await send(monitor, 'DELETE', '/api/devices/old')).status, 204)

      assert.equal(await status('old'), undefined)
      assert.equal((await send(monitor, 'DELETE', '/api/devices/old')).status, 404)
      const left = await other.retained('home/attic/humidity', 'home/attic/sensor/status')
      assert.deepEqual(
        left.filter((topic) => /old|attic/.test(topic)),
        ['home/attic/humidity', 'home/attic/sensor/status'],
      )
      assert.deepEqual(monitor.rows("SELECT state FROM alert WHERE device = 'old'"), [{ state: 'resolved' }])
      assert.equal(monitor.rows('SELECT 1 FROM notification').length, notified, 'no notification')
      assert.equal(monitor.rows('SELECT 1 FROM readings').length, 2)
      assert.deepEqual(monitor.rows('SELECT 1 FROM wanted'), [])
      const tiles = async () => (await monitor.get<Room[]>('/api/rooms')).map(({ quantities }) => Object.keys(quantities))
      assert.deepEqual(await tiles(), [['humidity']])
      assert.doesNotMatch(
        await metrics(monitor),
        /hearthwatch_rejected_total\{/,
        'the monitor does not reject the empty messages that it published',
      )
      await monitor.restart()
      assert.equal(await status('old'), undefined)
      assert.deepEqual((await tiles()).flat().includes('temperature'), false)
    })

    it('is a new device when it publishes again', async () => {
      let device = await startControlledDevice(monitor, 'back', { room: 'shed', topics: ['home/shed/temperature'] })
      await device.publish('device/back/status', 'offline', true)
      await eventually(async () => (await status('back')) === 'offline')
      assert.equal((await send(monitor, 'DELETE', '/api/devices/back')).status, 204)
      await device.disconnect()
      device = await startControlledDevice(monitor, 'back', { room: 'shed', topics: ['home/shed/temperature'] })
      assert.equal(await status('back'), 'online')
      assert.equal((await send(monitor, 'POST', '/api/devices/back/commands', { action: 'measure' })).status, 202)
    })
  })
}

describe('A command that could not be sent', () => {
  it('is sent on the next connection, unless it is over a minute old', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'control-'))
    const store = openStore(join(folder, 'house.db'))
    t.after(() => {
      store.close()
      rmSync(folder, { recursive: true })
    })
    const sent: string[] = []
    const link = { state: 'connecting', publish: async (_: string, text: string) => void sent.push(JSON.parse(text).id) }
    let now = 1_000_000
    const control = createControl({ offerFor: () => null, store, link: () => link as unknown as Link, now: () => now, log: silent })
    control.command('pi-1', 'restart')
    now += 1000
    const late = control.command('pi-1', 'identify')
    link.state = 'connected'
    now += 59_500
    await control.connected()
    assert.deepEqual(sent, [late])
    await control.connected()
    assert.deepEqual(sent, [late], 'once')
  })
})

async function send(monitor: TestMonitor, method: string, path: string, body?: object) {
  const response = await fetch(new URL(path, monitor.url), {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? null : JSON.parse(text) }
}

async function metrics(monitor: TestMonitor): Promise<string> {
  return await (await fetch(new URL('/metrics', monitor.url))).text()
}
