import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import type { Findings } from '@hearthwatch/api/doctor'
import { certificatesIn, fingerprintOf } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import { readEnv } from '@hearthwatch/settings'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt from 'mqtt'
import { openClone } from '../apps/cli/installation/clone.ts'
import { root } from './imports.ts'

const start = { own: [], hosts: [] }

describe('A new authority', need('mosquitto'), () => {
  let dir: string
  let mosquitto: Mosquitto
  let monitor: TestMonitor
  let old: string
  const stops: (() => Promise<unknown>)[] = []
  const file = (name: string) => join(dir, 'mosquitto', name)
  const certs = (name: string) => readFile(file(`certs/${name}`), 'utf8')

  /** A sensor on its own machine, with the authority of its first day. It may write in its outbox alone. */
  async function startSensor(id: string) {
    const home = join(dir, `machine-${id}`)
    await mkdir(join(home, 'outbox'), { recursive: true })
    await writeFile(join(home, '.env.sensor'), await readFile(join(dir, `.env.sensor.${id}`), 'utf8'))
    await writeFile(join(home, 'ca.crt'), old)
    await chmod(home, 0o555)
    const child = spawn(process.execPath, [join(root, 'apps/sensor/main.ts')], {
      cwd: home,
      env: { ...process.env, PROBE: 'simulated', READ_INTERVAL: '0.1', BATCH_INTERVAL: '0.2', OUTBOX_DIR: 'outbox', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
    const ended = once(child, 'exit')
    const stop = () => {
      child.kill()
      return ended
    }
    stops.push(stop)
    return { home, stop, log: () => log }
  }
  const stated = async (id: string) => {
    const [row] = monitor.rows<{ info: string | null }>(`SELECT info FROM device WHERE id = '${id}'`)
    const info = JSON.parse(row?.info ?? '{}') as { config?: { authorities?: string } }
    return info.config?.authorities?.split(' ')
  }
  const rowsOf = (id: string) => monitor.rows<{ value: number }>(`SELECT value FROM readings WHERE device = '${id}'`).length

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'authority-'))
    const house = await openClone(dir)
    // The authority of this house ends in ten days. Setup has run now and then in its ten years.
    await house.make(start, Date.now() - 3640 * day)
    for (const [id, room] of [
      ['pi-1', 'kitchen'],
      ['pi-2', 'attic'],
    ] as const)
      await house.make({ own: [], hosts: [], added: { id, room, broker: 'mqtts://localhost:8883' } }, Date.now() - 700 * day)
    old = await house.authority()
    assert.equal(certificatesIn(old).length, 1)
    await house.renew(Date.now() - 300 * day)
    const tls = [`certfile ${file('certs/server.crt')}`, `keyfile ${file('certs/server.key')}`]
    const access = [
      'allow_anonymous false',
      `password_file ${file('passwd')}`,
      `acl_file ${file('acl.made')}`,
      'use_username_as_clientid true',
    ]
    mosquitto = await startMosquitto({ config: [...access, ...tls] })
    for (const id of ['pi-1', 'pi-2']) {
      const settings = await readFile(join(dir, `.env.sensor.${id}`), 'utf8')
      await writeFile(join(dir, `.env.sensor.${id}`), settings.replace('localhost:8883', `localhost:${mosquitto.port}`))
    }
    // The monitor of this house is elsewhere: it does not renew here.
    await writeFile(join(dir, 'trusted.crt'), await house.authority())
    const { MQTT_PASSWORD = '' } = readEnv(await readFile(join(dir, '.env'), 'utf8'))
    monitor = await startTestMonitor({
      MQTT_URL: `mqtts://localhost:${mosquitto.port}`,
      MQTT_USERNAME: 'monitor',
      MQTT_PASSWORD,
      MQTT_CA_FILE: join(dir, 'trusted.crt'),
    })
  })
  after(async () => {
    for (const stop of stops) await stop()
    await monitor?.close()
    await mosquitto?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  it('is made a year before the old one ends; the certificate of the broker stays with the old one', async () => {
    const [ca, next, server] = [await certs('ca.crt'), await certs('ca-next.crt'), await certs('server.crt')]
    assert.equal(ca, old)
    assert.equal(await readFile(join(dir, 'trusted.crt'), 'utf8'), ca + next)
    assert.ok(new X509Certificate(server).checkIssued(new X509Certificate(ca)))
  })

  it('reaches a sensor over the connection that it trusts; the sensor keeps both, and says so', async () => {
    const { home, log } = await startSensor('pi-1')
    const [ca, next] = [fingerprintOf(await certs('ca.crt')), fingerprintOf(await certs('ca-next.crt'))]
    await eventually(async () => (await stated('pi-1'))?.length === 2).catch(() => assert.fail(log()))
    assert.deepEqual(await stated('pi-1'), [ca, next])
    assert.deepEqual((await readdir(home)).sort(), ['.env.sensor', 'ca.crt', 'outbox'])
    assert.equal(await readFile(join(home, 'ca.crt'), 'utf8'), old)
    const [device] = await monitor.get<Device[]>('/api/devices')
    assert.equal(device?.id, 'pi-1')
  })

  it('is retained for a sensor that is off; doctor and page name it until it has the new one', async () => {
    const { MQTT_PASSWORD: password = '' } = readEnv(await readFile(join(dir, '.env.sensor.pi-2'), 'utf8'))
    const client = await mqtt.connectAsync(`mqtts://localhost:${mosquitto.port}`, {
      username: 'pi-2',
      password,
      ca: old,
      reconnectPeriod: 0,
    })
    const say = (authorities: string) =>
      client.publishAsync(
        'device/pi-2/info',
        JSON.stringify({ id: 'pi-2', room: 'attic', epoch: '0123456789abcdef', readings: [], config: { authorities } }),
        { qos: 1, retain: true },
      )
    const configs: string[] = []
    client.on('message', (_, payload) => configs.push(payload.toString()))
    await client.subscribeAsync('device/pi-2/config', { qos: 1 })
    const [first, second] = [fingerprintOf(old), fingerprintOf(await certs('ca-next.crt'))]
    await say(first)
    await eventually(() => configs.length === 1)
    assert.deepEqual(JSON.parse(configs[0] ?? ''), { id: 'trust', trust: { authorities: [await certs('ca-next.crt')] } })
    const finding = async () => {
      const { findings } = await monitor.get<Findings>('/api/doctor')
      return findings.find(({ id }) => id === 'certificates.authority')
    }
    const { level, what } = (await finding()) ?? {}
    assert.equal(level, 'warning')
    assert.match(what ?? '', /do not trust the next authority yet: pi-2\./)
    await say(`${first} ${second}`)
    await eventually(() => configs.length === 2)
    assert.equal(configs[1], '', 'the offer is taken back')
    assert.equal((await finding())?.level, 'ok')
    await client.endAsync()
  })

  it('signs the certificate of the broker only in the last 30 days; a sensor that knows it goes on, and no other one', async () => {
    await (await openClone(dir)).renew(Date.now())
    assert.ok(new X509Certificate(await certs('server.crt')).checkIssued(new X509Certificate(await certs('ca.crt'))))
    assert.notEqual(await certs('ca.crt'), old)
    await mosquitto.restart()
    const before = rowsOf('pi-1')
    await eventually(() => rowsOf('pi-1') > before + 5, 60_000)
    const ignorant = await startSensor('pi-2')
    await eventually(() => /not trusted/.test(ignorant.log()))
  })
})
