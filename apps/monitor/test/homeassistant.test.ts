import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { createForeign, parseFollow } from '@hearthwatch/foreign'
import { createLog } from '@hearthwatch/log'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { connectAsync, type MqttClient } from 'mqtt'

interface Config {
  dev: Record<string, unknown>
  o: { name: string }
  avty?: { t: string }[]
  cmps: Record<string, Record<string, unknown>>
}

/** Device classes and their units, as Home Assistant checks them. A wrong pair rejects the whole announcement. */
const units: Record<string, string[]> = {
  temperature: ['°C', '°F', 'K'],
  humidity: ['%'],
  atmospheric_pressure: ['hPa', 'mbar', 'Pa', 'kPa', 'inHg', 'mmHg', 'psi', 'bar'],
  battery: ['%'],
  carbon_dioxide: ['ppm'],
  illuminance: ['lx'],
  voltage: ['V', 'mV', 'µV', 'kV', 'MV'],
  power: ['W', 'kW', 'mW', 'MW'],
}

/** Checks an announcement as Home Assistant does. */
function assertValid(topic: string, { dev, o, cmps }: Config): void {
  assert.match(topic, /^homeassistant\/device\/[A-Za-z0-9_-]{1,64}\/config$/)
  assert.ok(Array.isArray(dev.ids) && dev.ids.length === 1)
  assert.equal(o.name, 'Hearthwatch')
  const ids = new Set<unknown>()
  for (const [key, component] of Object.entries(cmps)) {
    assert.match(key, /^[A-Za-z0-9_-]+$/)
    assert.ok(['sensor', 'binary_sensor'].includes(String(component.p)), key)
    assert.ok(typeof component.stat_t === 'string' && !/[+#]/.test(component.stat_t))
    assert.ok(typeof component.uniq_id === 'string' && !ids.has(component.uniq_id))
    ids.add(component.uniq_id)
    assert.equal(component.exp_aft, undefined)
    if (component.p === 'sensor' && component.dev_cla !== undefined)
      assert.ok(
        units[String(component.dev_cla)]?.includes(String(component.unit_of_meas)),
        `${component.dev_cla} ${component.unit_of_meas}`,
      )
    if (component.dev_cla === undefined) assert.equal(component.unit_of_meas, undefined)
  }
}

describe('Home Assistant on the broker', () => {
  let monitor: TestMonitor
  let client: MqttClient
  const retained = new Map<string, string>()
  const received: { topic: string; payload: string }[] = []

  async function listen(): Promise<void> {
    client = await monitor.client({ username: 'foreign' })
    client.on('message', (topic, payload) => {
      received.push({ topic, payload: payload.toString() })
      if (payload.length > 0) retained.set(topic, payload.toString())
      else retained.delete(topic)
    })
    await client.subscribeAsync(['homeassistant/#', 'monitor/#'])
  }

  before(async () => {
    monitor = await startTestMonitor({ HA_DISCOVERY: 'on', ALERT_ABOVE: '30' })
    await listen()
  })
  after(() => monitor?.close())

  const publish = (topic: string, payload: string | object, retain = false) =>
    client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1, retain })
  const config = (slug: string): Config | null => JSON.parse(retained.get(`homeassistant/device/hearthwatch_${slug}/config`) ?? 'null')
  const reading = (room: string, quantity: string, unit: string) => ({ key: quantity, topic: `home/${room}/${quantity}`, unit })
  const info = (room: string) => ({
    id: 'pi-1',
    room,
    version: '1.0.0',
    status: `home/${room}/sensor/status`,
    readings: [reading(room, 'temperature', '°C'), reading(room, 'pressure', 'hPa'), reading(room, 'dust', 'µg/m³')],
  })

  it('receives the monitor, and each sensor with its own availability', async () => {
    await publish('device/pi-1/info', info('kitchen'), true)
    await eventually(() => config('pi-1') !== null && config('monitor') !== null)
    assert.partialDeepStrictEqual(config('pi-1'), {
      dev: { ids: ['hearthwatch_pi-1'], name: 'pi-1', mf: 'Hearthwatch', sw: '1.0.0', sa: 'kitchen', via_device: 'hearthwatch_monitor' },
      avty: [{ t: 'home/kitchen/sensor/status' }],
      cmps: {
        temperature: {
          p: 'sensor',
          dev_cla: 'temperature',
          stat_cla: 'measurement',
          unit_of_meas: '°C',
          stat_t: 'home/kitchen/temperature',
          uniq_id: 'hearthwatch_pi-1_temperature',
          def_ent_id: 'sensor.pi_1_temperature',
        },
        pressure: { dev_cla: 'atmospheric_pressure', unit_of_meas: 'hPa' },
        dust: { name: 'dust' },
      },
    })
    assert.partialDeepStrictEqual(config('monitor'), {
      cmps: { connection: { p: 'binary_sensor', dev_cla: 'connectivity', stat_t: 'monitor/status', pl_on: 'online', pl_off: 'offline' } },
    })
  })

  it('receives a room of plain topics, in any script, and a problem while an alert fires there', async () => {
    await publish('home/客廳/temperature', '35')
    await eventually(() => [...retained.values()].some((payload) => payload.includes('home/客廳/temperature')))
    const room = [...retained.values()].map((payload) => (payload.startsWith('{"dev"') ? (JSON.parse(payload) as Config) : null))
    assert.ok(room.some((one) => one?.dev.sa === '客廳' && one.cmps.temperature?.val_tpl === '{{ value_json.value | default(value) }}'))
    await eventually(() => retained.get('monitor/problem/客廳') === 'ON', 20_000)
    assert.equal(retained.get('monitor/problem/kitchen'), 'OFF')
    await publish('home/客廳/temperature', '20')
    await eventually(() => retained.get('monitor/problem/客廳') === 'OFF', 20_000)
    assert.deepEqual(JSON.parse(retained.get('monitor/diagnostics') ?? ''), { outbox: 0, missing: 0 })
  })

  it('accepts every announcement, and we do not take them in', () => {
    const followed = parseFollow('homeassistant')
    assert.ok(typeof followed !== 'string')
    const foreign = createForeign(followed)
    const before = foreign.filters().length
    const announcements = [...retained].filter(([topic]) => topic.startsWith('homeassistant/'))
    assert.ok(announcements.length >= 4)
    for (const [topic, payload] of announcements) {
      assertValid(topic, JSON.parse(payload))
      foreign.take(topic, Buffer.from(payload), true, Date.now())
    }
    assert.equal(foreign.filters().length, before)
  })

  it('hears everything again 2 to 10 s after its start, once for two greetings', async () => {
    const count = () => received.filter(({ topic }) => topic === 'homeassistant/device/hearthwatch_pi-1/config').length
    const before = count()
    const since = Date.now()
    await publish('homeassistant/status', 'online')
    await publish('homeassistant/status', 'online')
    await eventually(() => count() > before, 15_000)
    assert.ok(Date.now() - since >= 2000)
    assert.equal(count(), before + 1)
  })

  it('sees a sensor move, is not told of a device of others, and sees a forgotten one go', async () => {
    await publish('device/pi-1/info', info('pantry'), true)
    await eventually(() => config('pi-1')?.cmps.temperature?.stat_t === 'home/pantry/temperature')
    const foreign = { dev: { ids: ['ext'], name: 'Ext' }, stat_t: 'ext/t', uniq_id: 'ext_t', dev_cla: 'temperature', unit_of_meas: '°C' }
    await publish('homeassistant/sensor/ext/config', foreign)
    await eventually(async () => {
      await publish('ext/t', '18')
      return monitor.rows('SELECT * FROM readings WHERE value = 18').length > 0
    })
    await publish('device/pi-1/status', 'online')
    await publish('home/pantry/sensor/status', 'offline', true)
    await eventually(() =>
      monitor.send('DELETE', '/api/devices/pi-1').then(
        () => true,
        () => false,
      ),
    )
    await eventually(() => config('pi-1') === null)
    assert.ok(![...retained.keys()].some((topic) => topic.includes('hearthwatch_ext')))
    assert.ok(!received.some(({ topic, payload }) => topic === 'homeassistant/status' && payload !== 'online'))
  })

  it('loses all of it with HA_DISCOVERY=off', async () => {
    const announced = () => monitor.rows<{ topic: string }>('SELECT * FROM announced').length
    assert.ok(announced() > 4)
    monitor.config.HA_DISCOVERY = 'off'
    await monitor.restart()
    // Each topic is struck off after its empty message was acknowledged.
    await eventually(() => announced() === 0)
    retained.clear()
    await listen()
    await publish('homeassistant/status', 'offline')
    await eventually(() => received.at(-1)?.payload === 'offline')
    assert.ok(![...retained.keys()].some((topic) => /hearthwatch_|problem|diagnostics/.test(topic)))
  })
})

/** The entities of Home Assistant by their unique ids, each with the topic that brought it, as its discovery handles them. */
function createEntities() {
  const all = new Map<string, string>()
  const doubled: string[] = []
  const removed: string[] = []
  return {
    all,
    doubled,
    removed,
    take(topic: string, payload: string): void {
      const given: { migrate_discovery?: true; cmps?: Config['cmps'] } | null = payload === '' ? null : JSON.parse(payload)
      const own = [...all].flatMap(([id, from]) => (from === topic ? [id] : []))
      // A hand-over unloads the entities and keeps their entries in the registry. An empty message removes those too.
      if (given === null) removed.push(...own)
      if (given === null || given.migrate_discovery) for (const id of own) all.delete(id)
      for (const { uniq_id: id } of Object.values(given?.cmps ?? {})) {
        const from = all.get(String(id))
        if (from !== undefined && from !== topic) doubled.push(String(id))
        else all.set(String(id), topic)
      }
    },
  }
}

describe('A house that grows to 600 rooms beside Home Assistant', () => {
  let monitor: TestMonitor
  let client: MqttClient
  const lines: string[] = []
  const entities = createEntities()
  const messages: { topic: string; payload: string }[] = []
  before(async () => {
    monitor = await startTestMonitor(
      { HA_DISCOVERY: 'on' },
      createLog('monitor', 'info', (line) => lines.push(line)),
    )
    await listen()
  })
  after(() => monitor?.close())

  async function listen(): Promise<void> {
    client = await monitor.client({ username: 'foreign' })
    client.on('message', (topic, bytes) => {
      const payload = bytes.toString()
      messages.push({ topic, payload })
      entities.take(topic, payload)
    })
    await client.subscribeAsync('homeassistant/device/+/config')
  }

  const measure = async (from: number, to: number) => {
    for (let i = from; i < to; i++) await client.publishAsync(`home/room-${i}/temperature`, '20', { qos: 1 })
  }
  const isComplete = (rooms: number) =>
    Array.from({ length: rooms }, (_, i) => [`problem_room-${i}`, `room_room-${i}_temperature`])
      .flat()
      .every((id) => entities.all.has(`hearthwatch_${id}`)) &&
    ['outbox', 'missing'].every((id) => entities.all.has(`hearthwatch_house_${id}`))
  const ofHouse = (topic: string) => /\/hearthwatch[^/]*_house\//.test(topic)
  const retained = () => [...new Map(messages.map(({ topic, payload }) => [topic, payload]))].filter(([, payload]) => payload !== '')

  it('is one message while it is small', async () => {
    await measure(0, 20)
    await eventually(() => isComplete(20))
    assert.deepEqual(
      retained().flatMap(([topic]) => (ofHouse(topic) ? [topic] : [])),
      ['homeassistant/device/hearthwatch_house/config'],
    )
  })

  it('is announced in at most 16 messages of one device, with the same entities, of which none is removed or doubled', async () => {
    await measure(20, 600)
    await eventually(() => isComplete(600), 60_000)
    await eventually(() => messages.some(({ topic, payload }) => topic.endsWith('/hearthwatch_house/config') && payload === ''))
    assert.deepEqual([entities.doubled, entities.removed], [[], []])
    const parts = retained().filter(([topic]) => ofHouse(topic))
    assert.ok(parts.length > 1 && parts.length <= 16, `${parts.length}`)
    for (const [topic, payload] of parts) {
      assertValid(topic, JSON.parse(payload))
      assert.partialDeepStrictEqual(JSON.parse(payload), { dev: { ids: ['hearthwatch_house'] }, avty: [{ t: 'monitor/status' }] })
    }
    assert.ok(messages.every(({ payload }) => Buffer.byteLength(payload) < 61_000))
    assert.deepEqual(
      lines.filter((line) => line.includes('announce')),
      [],
    )
  })

  it('after a restart changes one message for a new room', async () => {
    await monitor.restart()
    const mark = messages.length
    await listen()
    await measure(600, 601)
    await eventually(() => isComplete(601))
    const changed = messages
      .slice(mark)
      .filter(({ topic, payload }) => ofHouse(topic) && payload.includes('"hearthwatch_problem_room-600"'))
    assert.equal(changed.length, 1)
    assert.deepEqual([entities.doubled, entities.removed], [[], []])
  })
})

describe('A broker that takes no packet over 2,000 bytes', need('mosquitto'), () => {
  it('gets all devices but the one that is too large, of which one line tells', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true', 'max_packet_size 2000'] })
    const lines: string[] = []
    const log = createLog('monitor', 'info', (line) => lines.push(line))
    const warnings = () => lines.filter((line) => /too large to be announced/.test(line))
    const monitor = await startTestMonitor({ HA_DISCOVERY: 'on', MQTT_URL: `mqtt://127.0.0.1:${broker.port}` }, log)
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 })
    try {
      const announced = new Map<string, string>()
      client.on('message', (topic, payload) => announced.set(topic, payload.toString()))
      await client.subscribeAsync('homeassistant/device/+/config')
      const introduce = (id: string, room: string, version: string, quantities: number) => {
        const readings = Array.from({ length: quantities }, (_, i) => ({ key: `q${i}`, topic: `home/${room}/q${i}`, unit: '' }))
        return client.publishAsync(`device/${id}/info`, JSON.stringify({ id, room, version, epoch: '0123456789abcdef', readings }), {
          ...{ qos: 1, retain: true },
        })
      }
      for (const version of ['1.0.0', '1.0.1']) {
        await introduce('pi-1', 'kitchen', version, 20)
        await introduce('pi-2', 'attic', version, 1)
        await eventually(() => announced.get('homeassistant/device/hearthwatch_pi-2/config')?.includes(version))
        await eventually(() => warnings().length > 0)
      }
      assert.ok(!announced.has('homeassistant/device/hearthwatch_pi-1/config'))
      assert.equal(warnings().length, 1)
      assert.match(warnings()[0] ?? '', /homeassistant\/device\/hearthwatch_pi-1\/config is over the limit of 2000/)
    } finally {
      await client.endAsync(true)
      await monitor.close()
      await broker.stop()
    }
  })
})

interface Published {
  after: string
  topic: string | null
  topicMatches?: string
  payload: object | ''
  notBeforeSeconds?: number
}

describe('The recorded traffic of a house beside Home Assistant', () => {
  const folder = new URL('fixtures/hearthwatch-out/', import.meta.url)
  const traffic: { topic: string; payload: string; qos: 0 | 1; retain: boolean }[] = readFileSync(new URL('traffic.jsonl', folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { publishes }: { publishes: Published[] } = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'))

  it('leads to the announcements that are expected after each line, and to no others of these devices', async () => {
    const monitor = await startTestMonitor({ HA_DISCOVERY: 'on' })
    try {
      const client = await monitor.client({ username: 'foreign' })
      const seen: { topic: string; payload: string; at: number }[] = []
      client.on('message', (topic, payload) => seen.push({ topic, payload: payload.toString(), at: Date.now() }))
      await client.subscribeAsync('homeassistant/#')
      const expectAfter = async (step: string, since: number, from: number) => {
        for (const { topic, topicMatches = '.', payload, notBeforeSeconds = 0 } of publishes.filter(({ after }) => after === step)) {
          const found = await eventually(
            () =>
              seen
                .slice(from)
                .find(
                  (one) =>
                    (topic === null ? new RegExp(topicMatches).test(one.topic) && one.payload.includes('客廳') : one.topic === topic) &&
                    isPart(payload, one.payload),
                ),
            20_000,
          )
          assert.ok(found.at - since >= notBeforeSeconds * 1000, `${step}: ${found.at - since} ms`)
        }
      }
      await expectAfter('connect', Date.now(), 0)
      for (const [i, { topic, payload, qos, retain }] of traffic.entries()) {
        const [since, from] = [Date.now(), seen.length]
        await client.publishAsync(topic, payload, { qos, retain })
        // The greeting and the one within its wait are answered once.
        if (i + 1 !== 9) await expectAfter(`traffic:${i + 1}`, since, from)
      }
      const from = seen.length
      await client.publishAsync('home/pantry/sensor/status', 'offline', { qos: 1, retain: true })
      await eventually(() =>
        monitor.send('DELETE', '/api/devices/pi-1').then(
          () => true,
          () => false,
        ),
      )
      await expectAfter('DELETE /api/devices/pi-1', Date.now(), from)
      assert.ok(!seen.some(({ topic, payload }) => topic.includes('hearthwatch_foreign') || payload.includes('exp_aft')))
      assert.deepEqual(
        seen.flatMap(({ topic, payload }) => (topic === 'homeassistant/status' ? [payload] : [])),
        ['online', 'online', 'offline'],
        'nothing of ours is on the topic of Home Assistant',
      )
    } finally {
      await monitor.close()
    }
  })
})

/** True if the payload has all that is expected; `*` stands for a component of any name. */
function isPart(expected: object | '', payload: string): boolean {
  if (expected === '' || payload === '') return expected === payload
  const config = JSON.parse(payload) as Config
  const { cmps, ...rest } = expected as Partial<Config>
  const named = Object.entries(cmps ?? {}).map(([name, component]) => [name === '*' ? Object.keys(config.cmps)[0] : name, component])
  try {
    assert.partialDeepStrictEqual(config, { ...rest, cmps: Object.fromEntries(named) })
    return true
  } catch {
    return false
  }
}
