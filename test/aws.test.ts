import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parseAcl } from '@hearthwatch/broker/acl'
import { completeAcl } from '@hearthwatch/broker/edit-acl'
import type { Finding } from '@hearthwatch/doctor'
import { createLog } from '@hearthwatch/log'
import type { PolicyDocument } from '@hearthwatch/testhouse/brokers/aws/policy'
import { type Simulator, startAwsSimulator } from '@hearthwatch/testhouse/brokers/aws/simulator'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { runFile } from '@hearthwatch/testhouse/processes/command'
import { aws } from '../apps/cli/cluster/aws/index.ts'
import { networkCheck } from '../apps/monitor/doctor/checks/network.ts'
import { healthAt } from '../apps/monitor/doctor/monitor-client.ts'
import { bad, finds, patientIn } from '../apps/monitor/test/doctor/house.ts'
import { type Sensor, startSensor } from '../apps/sensor/agent.ts'
import { doctor } from '../apps/sensor/commands/doctor.ts'
import { readConfig } from '../apps/sensor/config.ts'

const doctorProgram = join(import.meta.dirname, '..', 'apps', 'monitor', 'commands', 'doctor.ts')

/** The policies that `setup cluster aws` writes for a house, by the name of the thing, as `things.sh` attaches them. */
async function policiesOf(rooms: Record<string, [string]>): Promise<Map<string, PolicyDocument[]>> {
  const committed = readFileSync(new URL('../mosquitto/acl', import.meta.url), 'utf8')
  const sensors = Object.entries(rooms).map(([id, own]) => ({ id, rooms: own }))
  const users = ['monitor', ...Object.keys(rooms)]
  const files = await aws.files({
    acl: parseAcl(completeAcl(committed, undefined, { sensors, devices: [] })),
    logins: users.map((user) => ({ user, password: '' })),
    prefix: '',
  })
  const texts = new Map(
    files.map(({ name, text }) => [name, text.replaceAll('PARTITION:iot:REGION:ACCOUNT', 'aws:iot:eu-central-1:123456789012')]),
  )
  const namesOf = (user: string) =>
    new RegExp(`^ +${user}\\) echo '(.*)' ;;$`, 'm').exec(texts.get('things.sh') ?? '')?.[1]?.split(' ') ?? []
  return new Map(users.map((user) => [user, namesOf(user).map((name) => JSON.parse(texts.get(`${name}.json`) ?? ''))]))
}

describe('A house at AWS IoT Core, simulated by its documents,', need('mosquitto'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'aws-'))
  const policies = new Map<string, PolicyDocument[]>()
  let broker: Mosquitto
  let simulator: Simulator
  let monitor: TestMonitor
  const sensors: Sensor[] = []
  before(async () => {
    const authority = await createAuthority('aws')
    const { certificate, key } = await authority.issue('localhost')
    writeFileSync(join(folder, 'ca.pem'), authority.certificate)
    for (const thing of ['monitor', 'pi-1', 'pi-2', 'pi-3']) {
      const pair = await authority.issue(thing)
      writeFileSync(join(folder, `${thing}.pem`), pair.certificate)
      writeFileSync(join(folder, `${thing}.key`), pair.key)
    }
    for (const [thing, documents] of await policiesOf({ 'pi-1': ['kitchen'], 'pi-2': ['attic'], 'pi-3': ['hall'] }))
      policies.set(thing, documents)
    broker = await startMosquitto({ config: ['max_queued_messages 10000'] })
    simulator = await startAwsSimulator({ host: 'localhost', certificate, key, thingAuthority: authority.certificate, policies, broker })
    monitor = await startTestMonitor(settingsOf('monitor'))
  })
  after(async () => {
    for (const sensor of sensors) await sensor.close()
    await monitor?.close()
    await simulator?.close()
    await broker?.stop()
    rmSync(folder, { recursive: true })
  })

  /** As `things.sh` writes them, except that the port of the simulator is not 443. */
  function settingsOf(thing: string): Record<string, string> {
    return {
      MQTT_URL: `mqtts://localhost:${simulator.alpnPort}`,
      MQTT_PROFILE: 'aws',
      MQTT_CLIENT_ID: thing,
      MQTT_CERT_FILE: join(folder, `${thing}.pem`),
      MQTT_KEY_FILE: join(folder, `${thing}.key`),
      MQTT_CA_FILE: join(folder, 'ca.pem'),
      MQTT_ALPN: 'x-amzn-mqtt-ca',
    }
  }
  const machineOf = (id: string) => ({ SENSOR_ID: id, ROOM: 'hall', PROBE: 'simulated', OUTBOX_DIR: join(folder, id) })
  async function sensorWith(id: string, more: Record<string, string>): Promise<{ sensor: Sensor; lines: string[] }> {
    const lines: string[] = []
    const own = { ...machineOf(id), READ_INTERVAL: '0.5', BATCH_INTERVAL: '1' }
    const sensor = await startSensor(
      readConfig({ ...settingsOf(id), ...own, ...more }, []),
      createLog('sensor', 'info', (line) => lines.push(line)),
    )
    sensors.push(sensor)
    return { sensor, lines }
  }
  const deviceOf = async (id: string) =>
    (await monitor.get<{ id: string; status: string }[]>('/api/devices')).find((device) => device.id === id)
  const rowsOf = (room: string) => monitor.rows('SELECT 1 FROM readings WHERE room = '.concat(`'${room}'`)).length

  it('stores its readings, and its sensors obey commands and settings, within all limits', async () => {
    await sensorWith('pi-1', { ROOM: 'kitchen' })
    await eventually(async () => (await deviceOf('pi-1'))?.status === 'online')
    await eventually(() => rowsOf('kitchen') > 5)
    const { id } = await monitor.send<{ id: string }>('POST', '/api/devices/pi-1/commands', { action: 'measure' })
    const commands = () => monitor.get<{ id: string; ok: boolean | null }[]>('/api/devices/pi-1/commands')
    await eventually(async () => (await commands()).some((one) => one.id === id && one.ok))
    await monitor.send('PUT', '/api/devices/pi-1/config', { ALERT_ABOVE: 42 })
    const reported = async () => (await monitor.get<{ reported: { ALERT_ABOVE?: number } | null }>('/api/devices/pi-1/config')).reported
    await eventually(async () => (await reported())?.ALERT_ABOVE === 42)
    assert.deepEqual(simulator.violations, [])
    const cmds = (thing: string) => new Set(simulator.seen.flatMap((one) => (one.thing === thing ? [one.packet.cmd] : [])))
    for (const thing of ['monitor', 'pi-1'])
      assert.ok(cmds(thing).has('connect') && cmds(thing).has('subscribe') && cmds(thing).has('publish'))
  })

  it('gets the messages that waited while the monitor was away', async () => {
    await monitor.stop()
    const before = rowsOf('kitchen')
    const sent = () => simulator.seen.filter(({ thing, packet }) => thing === 'pi-1' && packet.cmd === 'publish').length
    const then = sent()
    await eventually(() => sent() > then + 5)
    await monitor.restart()
    await eventually(() => rowsOf('kitchen') > before + 3)
    assert.deepEqual(simulator.violations, [])
  })

  it('with a sensor whose policy lacks its room tells why, and gets all its rows once the policy has the room', async () => {
    const { lines } = await sensorWith('pi-2', { ROOM: 'cellar' })
    await eventually(() => lines.some((line) => /WARN.*not connected; retrying why=.*not authorised/.test(line)))
    assert.ok(simulator.violations.every((line) => line.startsWith('pi-2: a denied ')))
    assert.ok(simulator.violations.some((line) => line === 'pi-2: a denied publish on home/cellar/sensor/status'))
    const wider = await policiesOf({ 'pi-2': ['cellar'] })
    policies.set('pi-2', wider.get('pi-2') ?? [])
    await eventually(async () => (await deviceOf('pi-2'))?.status === 'online')
    await eventually(() => rowsOf('cellar') > 3)
    assert.equal(monitor.rows("SELECT 1 FROM readings WHERE device = 'pi-2' AND room <> 'cellar'").length, 0)
  })

  it('passes the checks of both doctors, which ask for the protocol of MQTT_ALPN', async () => {
    const ofSensor = await doctor({ ...settingsOf('pi-3'), ...machineOf('pi-3') }, [])
    const ofMonitor = await networkCheck.run(patientIn(folder, { now: Date.now() }, settingsOf('monitor')))
    const faults = (findings: readonly Finding[]) => bad(findings).filter(({ id }) => id !== 'clock')
    // The certificate of a test lasts for a day.
    for (const findings of [ofSensor, ofMonitor])
      assert.deepEqual(
        faults(findings).map(({ id, level }) => [id, level]),
        [['tls', 'warning']],
        JSON.stringify(findings),
      )
    assert.deepEqual(
      ofSensor.flatMap(({ id, level }) => (['login', 'topics'].includes(id) ? level : [])),
      ['ok', 'ok'],
    )
  })

  it('has a doctor that asks the running monitor, and uses its login and no other while it is stopped', async () => {
    const token = { API_TOKEN: 'for programs' }
    Object.assign(monitor.config, token)
    await monitor.restart()
    await eventually(async () => (await healthAt(monitor.url))?.mqtt === 'connected')
    const examined = async (DATABASE_FILE = monitor.config.DATABASE_FILE) => {
      const env = { ...settingsOf('monitor'), ...token, DATABASE_FILE, HTTP_PORT: new URL(monitor.url).port }
      const { out, error } = await runFile(doctorProgram, ['--json'], folder, env)
      assert.ok(out.startsWith('{'), out + error)
      const { findings } = JSON.parse(out) as { findings: Finding[] }
      const levelOf = (wanted: string) => findings.find(({ id }) => id === wanted)?.level
      return [levelOf('login'), levelOf('delivery')]
    }
    const connects = () => simulator.seen.filter(({ thing, packet }) => thing === 'monitor' && packet.cmd === 'connect').length
    // The check of the address ends its TLS handshake early.
    const violations = () => simulator.violations.filter((line) => line.startsWith('monitor: '))
    const before = connects()
    assert.deepEqual(await examined(), ['ok', 'ok'])
    // As on another machine with a copy of the settings.
    assert.deepEqual(await examined(join(folder, 'none.db')), [undefined, 'skipped'])
    assert.equal(connects(), before, 'the doctor has made no connection of its own')
    await monitor.stop()
    const rows = rowsOf('kitchen')
    const sent = () => simulator.seen.filter(({ thing, packet }) => thing === 'pi-1' && packet.cmd === 'publish').length
    const then = sent()
    assert.deepEqual(await examined(), ['ok', 'ok'])
    assert.equal(connects(), before + 1)
    await eventually(() => sent() > then + 5)
    await monitor.restart()
    await eventually(() => rowsOf('kitchen') > rows + 3)
    assert.deepEqual(violations(), [])
  })

  it('whose port does not offer the protocol of MQTT_ALPN fails the check of TLS for this reason', async () => {
    const env = (UI_LANGUAGE: string) => ({ ...settingsOf('pi-3'), ...machineOf('pi-3'), MQTT_ALPN: 'mqtt', UI_LANGUAGE })
    const type = /MQTT_ALPN/
    await finds((language) => doctor(env(language), []), {
      id: 'tls',
      what: /TLS connection .* fails/,
      why: /not offer the protocol mqtt/,
      type,
    })
  })
})
