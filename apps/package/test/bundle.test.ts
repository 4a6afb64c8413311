import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readHeartbeat } from '@hearthwatch/protocol'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'
import { connectAsync, type MqttClient } from 'mqtt'
import { bundleSensor } from '../bundle.ts'

describe('The bundle of the sensor', need('mosquitto'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  const ports: Record<string, number> = {}
  const payloads = new Map<string, Buffer>()
  const sensors: ChildProcess[] = []
  let code: string
  let broker: Mosquitto
  let subscriber: MqttClient

  before(async () => {
    code = (await bundleSensor()).code
    writeFileSync(join(folder, 'sensor.mjs'), code)
    const authority = await createAuthority('house')
    const { certificate, key } = await authority.issue('127.0.0.1')
    for (const [name, text] of Object.entries({ 'ca.crt': authority.certificate, 'broker.crt': certificate, 'broker.key': key }))
      writeFileSync(join(folder, name), text)
    ports.mqtts = await freePort()
    ports.wss = await freePort()
    const tls = [`certfile ${join(folder, 'broker.crt')}`, `keyfile ${join(folder, 'broker.key')}`]
    const lines = [`listener ${ports.mqtts} 127.0.0.1`, ...tls, `listener ${ports.wss} 127.0.0.1`, 'protocol websockets', ...tls]
    broker = await startMosquitto({ config: ['allow_anonymous true', ...lines] })
    subscriber = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    subscriber.on('message', (topic, payload) => void payloads.set(topic, payload))
    await subscriber.subscribeAsync('device/#')
  })
  after(async () => {
    for (const sensor of sensors) sensor.kill('SIGKILL')
    await subscriber?.endAsync()
    await broker?.stop()
    rmSync(folder, { recursive: true })
  })

  it('has less than 500 KB, all of it ASCII', () => {
    assert.ok(code.length < 500_000, `${code.length} bytes`)
    assert.match(code, /^[\0-\x7f]*$/)
  })

  // Both replaced modules, TLS and WebSocket, are loaded by these two.
  for (const scheme of ['mqtts', 'wss']) {
    it(`publishes readings and heartbeats over ${scheme}:// with the options of the package`, async () => {
      start(scheme)
      const heartbeat = await eventually(() => payloads.get(`device/${scheme}/heartbeat`))
      const { memory, cpu, disk } = readHeartbeat(heartbeat)
      assert.ok(Number(memory) > 0 && cpu !== undefined && Number(disk) > 0)
      assert.ok(await eventually(() => payloads.get(`device/${scheme}/readings`)))
    })
  }

  it('examines the certificate of the broker by its command doctor', async () => {
    const doctor = start('mqtts', 'doctor', '--json')
    let output = ''
    for await (const chunk of doctor.stdout ?? []) output += chunk
    const findings: { id: string; level: string }[] = JSON.parse(output).findings
    assert.equal(findings.find(({ id }) => id === 'tls')?.level, 'warning', output)
  })

  function start(scheme: string, ...args: string[]): ChildProcess {
    const command = readFileSync(join(import.meta.dirname, '../sensor/hearthwatch-sensor.sh'), 'utf8')
    const options = command.match(/ (--(?!help)[\w-]+(?:=\d+)?)/g)?.map((option) => option.trim()) ?? []
    assert.ok(options.includes('--jitless') && options.length === 4)
    const sensor = spawn(process.execPath, [...options, 'sensor.mjs', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH,
        MQTT_URL: `${scheme}://127.0.0.1:${ports[scheme]}`,
        MQTT_CA_FILE: 'ca.crt',
        SENSOR_ID: scheme,
        ROOM: scheme,
        STATUS_TOPIC: 'device/{id}/status',
        PROBE: 'simulated',
        READ_INTERVAL: '0.5',
        BATCH_INTERVAL: '0.5',
      },
    })
    sensors.push(sensor)
    return sensor
  }
})
