import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { isGateway, type RoomKind, type SensorKind, sensorKinds } from '@hearthwatch/api/sensor-kinds'
import type { NewSensor, SensorState } from '@hearthwatch/api/sensors'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'

describe('New sensors of a monitor with its own broker', () => {
  let monitor: TestMonitor
  const post = (body: object) =>
    fetch(`${monitor.url}/api/sensors`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  async function add(room: string, kind: SensorKind, id?: string): Promise<NewSensor> {
    const answer = await post({ room, kind, ...(id === undefined ? {} : { id }) })
    const text = await answer.text()
    assert.equal(answer.status, 201, text)
    return JSON.parse(text)
  }
  const stateOf = (id: string) => monitor.get<SensorState>(`/api/sensors/${id}`)
  const connect = (username: string, password: string) => monitor.client({ username, password })

  before(async () => {
    monitor = await startTestMonitor()
  })
  after(() => monitor.close())

  it('GET /api/sensors is true for logins that the monitor makes', async () => {
    assert.deepEqual(await monitor.get('/api/sensors'), { makesLogins: true })
  })

  it('a new sensor can log in at once and publish in its room, and its state shows the reading', async () => {
    const { id, user, password, room } = await add('廚房', 'script')
    assert.deepEqual([id, user, room], ['sensor-2', 'sensor-2', '廚房'], 'the test has a login “sensor”')
    assert.deepEqual(await stateOf(id), { id, rooms: ['廚房'], connected: null, refused: null, denied: null, reading: null })
    const client = await connect(user, password)
    await client.publishAsync('home/廚房/temperature', '21.4', { qos: 1, retain: true })
    const { connected, reading } = await eventually(async () => {
      const state = await stateOf(id)
      return state.reading && state
    })
    assert.ok(connected && connected.time > Date.now() - 60_000)
    assert.deepEqual([reading?.topic, reading?.text], ['home/廚房/temperature', '21.4'])
  })

  it('the state of a sensor shows a wrong password, and a topic that it may not write', async () => {
    const { id, password } = await add('cellar', 'esphome')
    await assert.rejects(connect(id, `${password}x`), /Bad username or password|Not authorized/i)
    const { refused } = await stateOf(id)
    assert.equal(refused?.address, '127.0.0.1')
    const client = await connect(id, password)
    await client.publishAsync('home/kitchen/temperature', '1', { qos: 1 })
    assert.equal((await stateOf(id)).denied?.topic, 'home/kitchen/temperature')
  })

  it('the files of setup have the new sensor, and the password only in its own, which only the owner can read', async () => {
    const { id, password } = await add('loft', 'pi', 'loft-pi')
    const file = join(monitor.folder, '.env.sensor.loft-pi')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const env = readFileSync(file, 'utf8')
    for (const line of ['SENSOR_ID=loft-pi', 'ROOM=loft', 'MQTT_USERNAME=loft-pi', `MQTT_PASSWORD=${password}`])
      assert.ok(env.includes(line), line)
    for (const name of ['passwd', 'acl.made']) {
      const text = readFileSync(join(monitor.folder, 'mosquitto', name), 'utf8')
      assert.ok(text.includes(id) && !text.includes(password), name)
    }
    assert.ok(!existsSync(join(monitor.folder, '.env')), 'nothing else is made')
    const shown = execFileSync(process.execPath, [
      `${import.meta.dirname}/../../../../cli/setup.ts`,
      ...['sensor', 'show', id, '--json', '--dir', monitor.folder],
    ])
    assert.equal(JSON.parse(shown.toString()).sensor.password, password)
  })

  it('a second sensor of a room has another id and a status topic of its own', async () => {
    const first = await add('bath', 'esphome')
    const second = await add('bath', 'esphome')
    assert.deepEqual([first.id, second.id], ['bath', 'bath-2'])
    const yaml = ({ snippets: [snippet] }: NewSensor) => snippet?.text ?? ''
    assert.match(yaml(first), /topic: home\/\$\{room\}\/sensor\/status/)
    assert.doesNotMatch(yaml(second), /sensor\/status/)
    assert.match(yaml(second), /topic: device\/bath-2\/status/)
  })

  it('Zigbee2MQTT gets one login for all its devices, with the rights of its base topic', async () => {
    const answer = await post({ kind: 'zigbee2mqtt' })
    assert.equal(answer.status, 201)
    const { id, room, password, broker, snippets } = (await answer.json()) as NewSensor
    assert.deepEqual([id, room], ['zigbee2mqtt', null])
    const [block] = snippets
    assert.equal(block?.file, 'configuration.yaml')
    assert.ok(block?.text.includes(`server: ${broker}\n  user: zigbee2mqtt\n  password: ${password}\n`), block?.text)
    const client = await connect(id, password)
    await client.publishAsync('zigbee2mqtt/bridge/state', '{"state":"online"}', { qos: 1, retain: true })
    await client.publishAsync('home/kitchen/temperature', '1', { qos: 1 })
    const { connected, denied, rooms } = await stateOf(id)
    assert.ok(connected)
    assert.deepEqual([denied?.topic, rooms], ['home/kitchen/temperature', []])
    assert.equal((await post({ kind: 'zigbee2mqtt' })).status, 409)
    const shown = execFileSync(process.execPath, [
      `${import.meta.dirname}/../../../../cli/setup.ts`,
      ...['device', 'show', id, '--json', '--dir', monitor.folder],
    ])
    assert.equal(JSON.parse(shown.toString()).device.password, password, 'setup knows it too')
  })

  it('an id that exists is refused with 409, and its password stays', async () => {
    const { id, password } = await add('attic', 'tasmota', 'attic-1')
    for (const taken of [id, 'guest', 'monitor']) {
      const answer = await post({ room: 'attic', kind: 'tasmota', id: taken })
      assert.equal(answer.status, 409, taken)
      const { fields } = (await answer.json()) as { fields: unknown }
      assert.deepEqual(fields, [{ field: 'id', problem: 'taken' }])
    }
    await (await connect(id, password)).endAsync()
  })

  it('of two requests with one id at the same time, one gets it', async () => {
    const answers = await Promise.all([1, 2].map(() => post({ room: 'hall', kind: 'pi', id: 'hall-1' })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409])
  })

  it('wrong bodies and unknown logins are refused', async () => {
    for (const body of [
      { room: 'a/b', kind: 'pi' },
      { room: '', kind: 'pi' },
      { room: 'kitchen', kind: 'toaster' },
      { room: 'kitchen' },
      { room: 'kitchen', kind: 'pi', id: 'Not An Id' },
      { room: 'kitchen', kind: 'pi', password: 'mine' },
      { room: 'a;b', kind: 'tasmota' },
      { room: 'kitchen', kind: 'zigbee2mqtt' },
      { kind: 'pi' },
      { room: '$' + '{x}', kind: 'esphome' },
    ])
      assert.equal((await post(body)).status, 400, JSON.stringify(body))
    assert.equal((await fetch(`${monitor.url}/api/sensors/nobody`)).status, 404)
  })

  for (const kind of sensorKinds.filter((one) => !isGateway(one)) as RoomKind[])
    it(`the snippets of kind ${kind} have the sensor’s own values, and none of the examples’`, async () => {
      const room = kind === 'script' || kind === 'pi' ? "Ben's room" : '書 房'
      const { id, password, broker, local, snippets } = await add(room, kind, `${kind}-9`)
      assert.equal(local, kind !== 'card', 'the broker of the test listens on this machine only')
      const { hostname, port } = new URL(broker)
      const all = snippets.map(({ text }) => text).join('\n')
      assert.ok(all.includes(id))
      assert.equal(all.includes(password), kind !== 'card')
      for (const part of kind === 'card' ? [] : [hostname, port]) assert.ok(all.includes(part), part)
      const filled = snippets.find(({ file }) => file !== 'publish.sh')?.text ?? ''
      assert.doesNotMatch(filled, /kitchen|192\.168\.1\.10|PASSWORD(?!=)|mqtt_password/)
      const written: Record<RoomKind, string> = {
        card: "--room '書 房'",
        pi: `ROOM="Ben's room"`,
        esphome: 'room: "書 房"',
        tasmota: 'home/書#房/temperature',
        script: `ROOM='Ben'\\''s room'`,
      }
      assert.ok(all.includes(written[kind]), all)
    })
})

describe('New sensors', () => {
  it('are made by setup if the broker is not the monitor’s own', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    assert.deepEqual((await page.ask('/api/sensors')).json, { makesLogins: false })
    const { status, json } = await page.ask('/api/sensors', { method: 'POST', body: { room: 'kitchen', kind: 'pi' } })
    assert.equal(status, 409)
    assert.match(json.error, /npm run setup -- sensor add/)
    assert.equal((await page.ask('/api/sensors/pi-1')).status, 404)
  })

  it('are answered with the reason if their files cannot be written', async (t) => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' })
    const page = await startPage(
      {},
      { newSensors: { add: () => Promise.reject(full), addGateway: () => Promise.reject(full), stateOf: () => undefined } },
    )
    t.after(() => page.close())
    const { status, json } = await page.ask('/api/sensors', { method: 'POST', body: { room: 'kitchen', kind: 'pi' } })
    assert.deepEqual([status, json.error], [503, 'The login could not be stored: ENOSPC: no space left on device, write'])
  })

  it('are made by a person who has logged in, not by a token', async (t) => {
    const monitor = await startTestMonitor({ DASHBOARD_PASSWORD: 'open sesame', API_TOKEN: 'a token for programs' })
    t.after(() => monitor.close())
    const post = (headers: Record<string, string>) =>
      fetch(`${monitor.url}/api/sensors`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ room: 'kitchen', kind: 'pi' }),
      })
    assert.equal((await post({})).status, 401)
    assert.equal((await post({ authorization: 'Bearer a token for programs' })).status, 403)
    const login = await fetch(`${monitor.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'open sesame' }),
    })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    assert.equal((await post({ cookie })).status, 201)
  })
})
