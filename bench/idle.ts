import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { withSensor } from '@hearthwatch/broker/acl'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { freePort } from '@hearthwatch/testhouse/mosquitto'
import { inFolder, monitorSettings, sensorSettings, startProgram } from './program.ts'
import { against, progress } from './report.ts'
import { type Usage, usage } from './usage.ts'

/** s to come to rest, and s that are measured */
const settles = 10
const lasts = 60
/** MB */
const bars = { monitor: 110, sensor: 60, sensorAnonymous: 16 }

/** What an hour costs in which nothing happens: a monitor with its own broker and one sensor, at the usual pace. */
export function idle(): Promise<void> {
  return inFolder('idle', async (folder) => {
    const id = 'pi-idle'
    const port = await freePort()
    await provision(folder, id)
    const startMonitor = () => startProgram('monitor', { folder, settings: { BROKER_PORT: String(port), ...monitorSettings(folder) } })
    const address = { MQTT_URL: `mqtt://127.0.0.1:${port}`, MQTT_USERNAME: id, MQTT_PASSWORD: id }
    const startSensor = () => startProgram('sensor', { folder, settings: { ...address, ...sensorSettings(folder, id) } })
    // The first start after a change of the sources compiles them, and keeps the compiler in memory.
    for (const start of [startMonitor, startSensor]) await (await start()).stop()
    const monitor = await startMonitor()
    const sensor = await startSensor()
    try {
      progress(`idle: ${settles + lasts} s`)
      await delay(settles * 1000)
      const before = [await usage(monitor.pid), await usage(sensor.pid)] as const
      await delay(lasts * 1000)
      const after = [await usage(monitor.pid), await usage(sensor.pid)] as const
      console.log(`\nAn hour in which nothing happens, by ${lasts} s of it: a monitor with its own broker, and one sensor`)
      console.table({ monitor: row(before[0], after[0]), sensor: row(before[1], after[1]) })
      console.log(`The monitor stays in ${against(after[0].resident, bars.monitor, 'at most', 0)} MB.`)
      console.log(`The sensor stays in ${against(after[1].resident, bars.sensor, 'at most', 0)} MB,`)
      console.log(`${against(after[1].anonymous, bars.sensorAnonymous, 'at most', 0)} MB of it anonymous.`)
    } finally {
      await sensor.stop()
      await monitor.stop()
    }
  })
}

/** What the embedded broker wants to read: who may come, and what they may do. */
async function provision(folder: string, id: string): Promise<void> {
  const acl = await readFile(join(import.meta.dirname, '..', 'mosquitto', 'acl'), 'utf8')
  await mkdir(join(folder, 'mosquitto'))
  await writeFile(join(folder, 'mosquitto', 'acl'), withSensor(acl, id, id))
  await writeFile(join(folder, 'mosquitto', 'passwd'), `${id}:${await hashPassword(id)}\n`, { mode: 0o600 })
}

function row(before: Usage, after: Usage) {
  return {
    'CPU s an hour': Number((((after.cpu - before.cpu) * 3600) / lasts).toFixed(1)),
    'KB written an hour': Math.round(((after.written - before.written) * 3600) / lasts / 1024),
    'resident MB': Math.round(after.resident),
    'anonymous MB': Math.round(after.anonymous),
  }
}
