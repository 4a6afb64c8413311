import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { connectAsync } from 'mqtt'
import { bundleSensor } from '../bundle.ts'
import { pinnedNode, programOf } from '../node-binary.ts'

const qemu = '/usr/bin/qemu-aarch64-static'
const libraries = '/usr/aarch64-linux-gnu'
const node = programOf(pinnedNode('arm64'))
/** The emulator and 50 MB of Node would cost CI more than the run tells it; `npm run test:arm64` fetches what is missing. */
const isPrepared = [qemu, `${libraries}/lib/libstdc++.so.6`, node].every((file) => existsSync(file))

if (isPrepared)
  describe('The bundle under an emulated arm64 processor', need('mosquitto'), () => {
    it('publishes a reading with the Node of the package', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'arm64-'))
      const broker = await startMosquitto()
      const subscriber = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
      let reading = ''
      subscriber.on('message', (_, payload) => {
        reading = payload.toString()
      })
      await subscriber.subscribeAsync('home/kitchen/temperature')
      writeFileSync(join(folder, 'sensor.mjs'), (await bundleSensor()).code)
      const sensor = spawn(qemu, ['-L', libraries, node, '--jitless', 'sensor.mjs'], {
        cwd: folder,
        stdio: 'ignore',
        env: { ROOM: 'kitchen', PROBE: 'simulated', READ_INTERVAL: '0.5', MQTT_URL: `mqtt://127.0.0.1:${broker.port}` },
      })
      try {
        await eventually(() => Number.isFinite(Number.parseFloat(reading)), 100_000)
      } finally {
        sensor.kill('SIGKILL')
        await subscriber.endAsync()
        await broker.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    })
  })
