import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Response } from '@hearthwatch/protocol'
import { type Broker, kinds, users } from '../brokers.ts'
import { type Subscriber, startSubscriber } from '../subscriber.ts'

const main = join(import.meta.dirname, '..', '..', 'main.ts')
const status = 'home/kitchen/sensor/status'

for (const kind of kinds) {
  describe(`commands to the process of a sensor with ${kind.name}`, kind.need, () => {
    let broker: Broker
    let subscriber: Subscriber
    let folder: string
    let child: ChildProcess | undefined
    let logged: string
    beforeEach(async () => {
      broker = await kind.start()
      subscriber = await startSubscriber(broker.port)
      folder = mkdtempSync(join(tmpdir(), 'sensor-'))
      logged = ''
    })
    afterEach(async () => {
      child?.kill('SIGKILL')
      await subscriber.end()
      await broker.end()
      rmSync(folder, { recursive: true })
    })

    /** `ended` resolves with the exit code. */
    async function start(more: Record<string, string> = {}): Promise<{ ended: Promise<number | null> }> {
      const since = subscriber.seen.length
      const env = {
        PATH: process.env.PATH,
        SENSOR_ID: 'pi-1',
        ROOM: 'kitchen',
        PROBE: 'simulated',
        MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
        MQTT_USERNAME: 'pi-1',
        MQTT_PASSWORD: users['pi-1'],
        OUTBOX_DIR: folder,
        SUPERVISED: 'yes',
        ...more,
      }
      const started = spawn(process.execPath, [main], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
      child = started
      started.stderr?.on('data', (chunk: Buffer) => {
        logged += chunk
      })
      const ended = once(started, 'close').then(([code]) => code as number | null)
      await subscriber.until(({ topic, text }) => topic === status && text === 'online', since)
      return { ended }
    }
    const command = (id: string, action: string) => subscriber.publish('device/pi-1/command', JSON.stringify({ id, action }), { qos: 2 })
    const responseTo = async (id: string, since = 0) => {
      const isIt = ({ topic, text }: { topic: string; text: string }) =>
        topic === 'device/pi-1/response' && (JSON.parse(text) as Response).id === id
      return JSON.parse((await subscriber.until(isIt, since)).text) as Response
    }
    const begun = (id: string) => logged.split('\n').filter((line) => /command.*action/.test(line) && line.includes(id)).length

    it('restart the sensor within its process if nothing would start the program again', async () => {
      await start({ SUPERVISED: 'no' })
      const since = subscriber.seen.length
      await command('in-place', 'restart')
      await subscriber.until(({ topic, text }) => topic === status && text === 'offline', since)
      await subscriber.until(({ topic, text }) => topic === status && text === 'online', since)
      assert.equal(child?.exitCode, null)
    })

    it('restart the process with exit code 1 after publishing offline, and only once', async () => {
      const { ended } = await start()
      await command('once', 'restart')
      assert.deepEqual(await responseTo('once'), { id: 'once', ok: true })
      assert.equal(await ended, 1)
      await subscriber.until(({ topic, text }) => topic === status && text === 'offline')
      await start()
      for (let time = 0; time < 3; time += 1) {
        const since = subscriber.seen.length
        await command('once', 'restart')
        assert.deepEqual(await responseTo('once', since), { id: 'once', ok: true })
      }
      await command('after', 'measure')
      assert.deepEqual(await responseTo('after'), { id: 'after', ok: true })
      assert.equal(begun('once'), 1)
      assert.equal(child?.exitCode, null)
    })

    it('are executed at most once when the process is killed around them and they arrive again', async () => {
      let { ended } = await start()
      for (let round = 0; round < 6; round += 1) {
        const id = `round-${round}-`
        const sent = command(id, 'identify')
        await delay(round * 3)
        child?.kill('SIGKILL')
        await Promise.all([sent, ended])
        ;({ ended } = await start())
        const since = subscriber.seen.length
        await command(id, 'identify')
        const { ok, error } = await responseTo(id, since)
        assert.ok(ok || error === 'it was begun, and then the sensor stopped', error)
        assert.ok(begun(id) <= 1, logged)
      }
    })
  })
}
