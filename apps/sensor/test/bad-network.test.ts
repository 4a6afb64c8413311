import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createServer } from 'node:tls'
import type { Device } from '@hearthwatch/api/devices'
import { createLog } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { freePort } from '@hearthwatch/testhouse/ports'
import { type Sensor, startSensor } from '../agent.ts'
import { readConfig } from '../config.ts'

/** Sensors that cannot do their work. Each goes on measuring, keeps its rows, and logs one plain line. */
describe('a sensor', () => {
  let folder: string
  let sensors: Sensor[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bad-network-'))
    sensors = []
  })
  afterEach(async () => {
    await Promise.all(sensors.map((sensor) => sensor.close()))
    rmSync(folder, { recursive: true })
  })

  async function start(env: Record<string, string>) {
    const lines: string[] = []
    const rows: number[] = []
    const own = { SENSOR_ID: 'pi-1', ROOM: 'kitchen', PROBE: 'simulated', READ_INTERVAL: '0.1', OUTBOX_DIR: folder, SYSFS_ROOT: folder }
    const log = createLog('sensor', 'info', (line) => lines.push(line))
    sensors.push(await startSensor(readConfig({ ...own, ...env }, []), log, { onAppended: ({ seq }) => void rows.push(seq) }))
    return { lines, rows, warnings: () => lines.filter((line) => / (WARN|ERROR) /.test(line)) }
  }

  for (const [MQTT_URL, why] of [
    ['mqtt://127.0.0.1:1', /no program listens on this port/],
    ['mqtt://nowhere.invalid', /the host name (is not known|cannot be looked up)/],
  ] as const) {
    it(`with the wrong address ${MQTT_URL} appends its rows, and logs the reason once`, async () => {
      const { rows, warnings } = await start({ MQTT_URL })
      await eventually(() => warnings().length > 0 && rows.length > 3)
      assert.equal(warnings().length, 1)
      assert.match(warnings()[0] ?? '', why)
    })
  }

  it('whose network comes late keeps all rows until then, and delivers each of them once', async () => {
    const port = await freePort()
    const login = { MQTT_USERNAME: 'pi-1', MQTT_PASSWORD: 'let me in' }
    const { rows, lines, warnings } = await start({ MQTT_URL: `mqtt://127.0.0.1:${port}`, ...login, BATCH_INTERVAL: '0.2' })
    // Two attempts have failed by then, and the next one is up to 4 s later.
    await eventually(() => rows.length > 20, 30_000)
    assert.equal(warnings().length, 1)
    const house = await startTestMonitor({ BROKER_PORT: String(port) })
    try {
      await house.addLogin('pi-1', 'kitchen')
      const before = rows.length
      const device = async () => (await house.get<Device[]>('/api/devices'))[0]
      await eventually(async () => ((await device())?.seq ?? 0) > before, 60_000)
      assert.equal((await device())?.missing, 0)
      assert.ok(lines.some((line) => line.includes('connected')))
      const [stored] = house.rows<{ all: number; times: number }>('SELECT count(*) AS "all", count(DISTINCT time) AS times FROM readings')
      assert.ok(stored && stored.all >= before && stored.all === stored.times)
    } finally {
      await house.close()
    }
  })

  it('with a certificate from tomorrow logs a hint at the clock once, retries, and goes on appending', async () => {
    const authority = await createAuthority('house')
    const { certificate, key } = await authority.issue('127.0.0.1', new Date(Date.now() + 3 * day))
    let attempts = 0
    const server = createServer({ cert: certificate, key }).on('connection', () => {
      attempts += 1
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    writeFileSync(join(folder, 'ca.crt'), authority.certificate)
    const { port } = server.address() as AddressInfo
    const { rows, warnings } = await start({ MQTT_URL: `mqtts://127.0.0.1:${port}`, MQTT_CA_FILE: join(folder, 'ca.crt') })
    await eventually(() => attempts > 1 && rows.length > 3)
    assert.equal(warnings().length, 1)
    assert.match(warnings()[0] ?? '', /certificate is not valid yet: is our clock right/)
    server.close()
  })

  it('with a copy of its card in another machine has rows of both stored, and the log of one names the copy', async () => {
    const house = await startTestMonitor()
    await house.addLogin('pi-1', 'kitchen')
    const login = { MQTT_URL: `mqtt://127.0.0.1:${house.brokerPort}`, MQTT_USERNAME: 'pi-1', MQTT_PASSWORD: 'let me in' }
    const stored = () => house.rows<{ value: number }>('SELECT value FROM readings').map(({ value }) => value)
    const env = { ...login, BATCH_INTERVAL: '0.2' }
    const before = await start({ ...env, SIMULATE_SEED: 'one' })
    await eventually(() => stored().length > 3)
    await sensors.pop()?.close()
    const copy = mkdtempSync(join(tmpdir(), 'copied-card-'))
    for (const file of readdirSync(folder)) cpSync(join(folder, file), join(copy, file))

    const first = await start({ ...env, SIMULATE_MEAN: '10', SIMULATE_SPREAD: '1' })
    const second = await start({ ...env, SIMULATE_MEAN: '40', SIMULATE_SPREAD: '1', OUTBOX_DIR: copy })
    try {
      await eventually(() => stored().some((value) => value < 12) && stored().some((value) => value > 38), 100_000)
      await eventually(() => [...first.lines, ...second.lines].some((line) => line.includes('was the SD card copied?')), 60_000)
      assert.ok(before.rows.length > 0)
    } finally {
      await Promise.all(sensors.splice(0).map((sensor) => sensor.close()))
      await house.close()
      rmSync(copy, { recursive: true })
    }
  })
})
