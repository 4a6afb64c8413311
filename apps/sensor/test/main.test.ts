import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import { type Broker, kinds, users } from './brokers.ts'
import { retainedBy, type Subscriber, startSubscriber } from './subscriber.ts'

// A folder without .env files.
const folder = mkdtempSync(join(tmpdir(), 'sensor-'))
const children = new Set<ChildProcess>()
after(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

function start(args: string[], env: Record<string, string>): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  let text = ''
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
  })
  children.add(child)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk
    })
  }
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child)
    return code as number | null
  })
  return { child, output: () => text, ended }
}

describe('npm run sensor', () => {
  it('describes itself and its settings with --help', async () => {
    const { output, ended } = start(['--help'], {})
    assert.equal(await ended, 0)
    assert.match(output(), /npm run sensor[\s\S]*ROOM[\s\S]*READ_INTERVAL/)
  })

  it('exits with 2 for an unknown option', async () => {
    const { output, ended } = start(['--romo=kitchen'], {})
    assert.equal(await ended, 2)
    assert.match(output(), /--romo[\s\S]*npm run sensor/)
  })

  it('exits with 1 for invalid settings, and names them all', async () => {
    const { output, ended } = start([], { READ_INTERVAL: 'often', PROBE: 'x' })
    assert.equal(await ended, 1)
    for (const name of ['ROOM', 'READ_INTERVAL', 'PROBE']) assert.match(output(), new RegExp(`- ${name} `))
    assert.doesNotMatch(output(), / at .*\.ts:/, 'a message, not a stack')
  })

  it('exits with 1 if its outbox cannot be made, and names the folder', async () => {
    const { output, ended } = start([], { ROOM: 'kitchen', PROBE: 'simulated', OUTBOX_DIR: '/proc/nowhere' })
    assert.equal(await ended, 1)
    assert.match(output(), /^the outbox's folder cannot be used: .*\/proc\/nowhere/m)
  })

  it('stops cleanly without a broker', async () => {
    const { child, output, ended } = start([], { ROOM: 'kitchen', MQTT_URL: 'mqtt://127.0.0.1:1', PROBE: 'simulated' })
    while (!output().includes('started')) await once(child.stderr ?? child, 'data')
    child.kill('SIGINT')
    assert.equal(await ended, 0)
  })
})

for (const kind of kinds) {
  describe(`the process of a sensor with ${kind.name}`, kind.need, () => {
    const status = 'home/kitchen/sensor/status'
    let broker: Broker
    let subscriber: Subscriber
    beforeEach(async () => {
      broker = await kind.start()
      subscriber = await startSubscriber(broker.port)
    })
    afterEach(async () => {
      await subscriber.end()
      await broker.end()
    })

    async function run() {
      const sensor = start([], {
        SENSOR_ID: 'pi-1',
        ROOM: 'kitchen',
        PROBE: 'simulated',
        READ_INTERVAL: '0.1',
        MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
        MQTT_USERNAME: 'pi-1',
        MQTT_PASSWORD: users['pi-1'],
      })
      await subscriber.count('home/kitchen/temperature', 1)
      return sensor
    }

    it('publishes offline and exits with 0 on SIGTERM', async () => {
      const { child, ended } = await run()
      child.kill('SIGTERM')
      assert.equal(await ended, 0)
      await subscriber.until(({ topic, text }) => topic === status && text === 'offline')
      assert.equal((await retainedBy(broker.port, status))[status], 'offline')
    })

    it('is reported offline by its last will when it is killed', async () => {
      const { child, ended } = await run()
      child.kill('SIGKILL')
      await ended
      const { qos } = await subscriber.until(({ topic, text }) => topic === status && text === 'offline')
      assert.equal(qos, 1)
      assert.equal((await retainedBy(broker.port, status))[status], 'offline')
    })

    it('logs a few lines at its start, and none for a reading', async () => {
      const { child, output, ended } = await run()
      await subscriber.count('home/kitchen/temperature', 5)
      child.kill('SIGTERM')
      await ended
      // One of them is the version of MQTT.
      assert.ok(output().trim().split('\n').length <= 6, output())
      assert.doesNotMatch(output(), new RegExp(users['pi-1']))
    })
  })
}
