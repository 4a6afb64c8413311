import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { find, need } from '@hearthwatch/testhouse/need'
import { type Broker, kinds, users } from '../apps/sensor/test/brokers.ts'
import { makeTree, plugW1, type Tree } from '../apps/sensor/test/probes/tree.ts'

for (const kind of kinds) {
  const { skip } = need('paho')
  describe(`A tutorial monitor (Python, paho), by ${kind.name}`, { skip: kind.need.skip || skip }, () => {
    let broker: Broker
    let tree: Tree
    let monitor: ChildProcess
    let sensor: ChildProcess
    const lines: string[] = []

    const printed = (line: string, since = 0) => eventually(() => lines.includes(line, since))

    function startSensor(): ChildProcess {
      return spawn(process.execPath, [`${import.meta.dirname}/../apps/sensor/main.ts`], {
        cwd: tree.root,
        stdio: 'ignore',
        env: {
          PATH: process.env.PATH,
          SENSOR_ID: 'pi-1',
          ROOM: '客廳',
          PROBE: 'w1',
          SYSFS_ROOT: tree.root,
          READ_INTERVAL: '0.1',
          UI_LANGUAGE: 'zh-TW',
          MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
          MQTT_USERNAME: 'pi-1',
          MQTT_PASSWORD: users['pi-1'],
        },
      })
    }

    before(async () => {
      broker = await kind.start()
      tree = makeTree()
      monitor = spawn(find('paho') ?? 'python3', [`${import.meta.dirname}/interop-sensor.py`, `${broker.port}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
      })
      createInterface({ input: monitor.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line))
      await printed('listening')
    })
    after(async () => {
      for (const child of [sensor, monitor]) {
        const gone = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined
        child.kill('SIGKILL')
        await gone
      }
      await broker.end()
      tree.end()
    })

    it('receives the status of a sensor, and its readings', async () => {
      plugW1(tree, '28-0316a1b2c3d4', '21437\n')
      sensor = startSensor()
      await Promise.all([printed('客廳 is there'), printed('客廳 has 21.437 degrees')])
    })

    it('receives negative temperatures, and the alert text of the sensor', async () => {
      tree.write('devices/w1_bus_master1/28-0316a1b2c3d4/temperature', '-5062\n')
      await printed('客廳 has -5.062 degrees')
      tree.write('devices/w1_bus_master1/28-0316a1b2c3d4/temperature', '31500\n')
      await printed('客廳 alerts: 客廳溫度過高：目前 31.5 °C，已超過上限 30 °C')
    })

    it('receives the status of a sensor that is killed, restarted and stopped', async () => {
      sensor.kill('SIGKILL')
      await printed('客廳 is gone')
      const back = lines.length
      sensor = startSensor()
      await printed('客廳 is there', back)
      const stopped = lines.length
      sensor.kill('SIGTERM')
      await printed('客廳 is gone', stopped)
    })

    it('can parse every message of the sensor', () => {
      assert.equal(monitor.exitCode, null)
    })
  })
}
