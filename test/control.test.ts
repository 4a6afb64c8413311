import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'

const apps = join(import.meta.dirname, '..', 'apps')

describe('Settings and commands from the monitor to a sensor', need('mosquitto'), () => {
  let broker: Mosquitto
  let folder: string
  let url = ''
  const children = new Set<ChildProcess>()
  before(async () => {
    broker = await startMosquitto()
    folder = mkdtempSync(join(tmpdir(), 'control-'))
  })
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await broker.stop('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  /** Starts an app. `output` is its log. */
  function start(app: string, env: Record<string, string>) {
    const child = spawn(process.execPath, [join(apps, app, 'main.ts')], {
      cwd: folder,
      env: { PATH: process.env.PATH, MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.add(child)
    const ended = once(child, 'close').then(([code]) => code as number | null)
    const running = { child, ended, output: '' }
    child.stderr?.on('data', (chunk: Buffer) => {
      running.output += chunk
    })
    return running
  }
  async function startMonitor() {
    const monitor = start('monitor', { HTTP_PORT: '0', DATABASE_FILE: join(folder, 'house.db') })
    url = await eventually(() => /http:\/\/127\.0\.0\.1:\d+/.exec(monitor.output.split('the page is ready')[1] ?? '')?.[0])
    return monitor
  }
  const startSensor = () => start('sensor', { SENSOR_ID: 'pi-1', ROOM: 'kitchen', PROBE: 'simulated', OUTBOX_DIR: join(folder, 'outbox') })
  async function call(method: string, path: string, body?: object) {
    const init = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(new URL(`/api/devices/pi-1${path}`, url), { method, ...init })
    return { status: response.status, json: await response.json() }
  }
  const online = () =>
    eventually(async () => {
      const devices = (await (await fetch(new URL('/api/devices', url))).json()) as { id: string; status: string }[]
      return devices.some(({ id, status }) => id === 'pi-1' && status === 'online')
    })

  it('are executed once and answered, although the monitor is killed before it has sent one of them', async () => {
    let monitor = await startMonitor()
    let sensor = startSensor()
    await online()

    const { id } = (await call('PUT', '/config', { READ_INTERVAL: 0.5, offsets: { temperature: 1.5 } })).json.wanted
    const config = await eventually(async () => {
      const { json } = await call('GET', '/config')
      return json.response && json
    })
    assert.partialDeepStrictEqual(config, {
      response: { id, ok: true, error: null },
      reported: { READ_INTERVAL: 0.5, 'offset.temperature': 1.5 },
    })
    await call('PUT', '/config', { ALERT_BELOW: 31 })
    const refused = await eventually(async () => (await call('GET', '/config')).json.response)
    assert.match(refused.error, /^ALERT_BELOW must be less than ALERT_ABOVE \(they are 31 and 30\)$/)
    assert.equal((await call('GET', '/config')).json.reported.READ_INTERVAL, 0.5, 'the earlier setting still applies')

    process.kill(broker.pid, 'SIGSTOP')
    const { status, json: command } = await call('POST', '/commands', { action: 'restart' })
    assert.equal(status, 202)
    monitor.child.kill('SIGKILL')
    await monitor.ended
    process.kill(broker.pid, 'SIGCONT')
    monitor = await startMonitor()
    assert.equal(await sensor.ended, 1, sensor.output)

    sensor = startSensor()
    const answered = await eventually(async () =>
      (await call('GET', '/commands')).json.find(({ ok }: { ok: boolean | null }) => ok !== null),
    )
    assert.partialDeepStrictEqual(answered, { id: command.id, action: 'restart', ok: true, error: null })
    await online()
    const measure = (await call('POST', '/commands', { action: 'measure' })).json
    await eventually(async () =>
      (await call('GET', '/commands')).json.find(({ id, ok }: { id: string; ok: boolean | null }) => id === measure.id && ok),
    )
    assert.equal(sensor.child.exitCode, null)
    assert.doesNotMatch(sensor.output, /restart/)

    sensor.child.kill('SIGTERM')
    assert.equal(await sensor.ended, 0)
    await eventually(async () => (await call('POST', '/commands', { action: 'measure' })).status === 409)
    monitor.child.kill('SIGTERM')
    assert.equal(await monitor.ended, 0)
  })
})
