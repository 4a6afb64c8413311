import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@hearthwatch/testhouse/ports'
import { provision } from '../apps/demo/provision.ts'
import { inFolder, monitorSettings, sensorSettings, startProgram } from './program.ts'
import { against, progress } from './report.ts'
import { type Usage, usage } from './usage.ts'

/** Time before the measurement, and its duration, s. */
const warmUp = 10
const duration = 60
/** Targets, MB. */
const targets = { monitor: 110, sensor: 60, sensorAnonymous: 16 }

/** Measures an hour without events: a monitor with its embedded broker and one sensor, at the usual pace. */
export function idle(): Promise<void> {
  return inFolder('idle', async (folder) => {
    const id = 'pi-idle'
    const port = await freePort()
    const passwords = await provision(folder, [{ id, room: id }])
    const startMonitor = () => startProgram('monitor', { folder, settings: { BROKER_PORT: String(port), ...monitorSettings(folder) } })
    const address = { MQTT_URL: `mqtt://127.0.0.1:${port}`, MQTT_USERNAME: id, MQTT_PASSWORD: passwords.get(id) ?? '' }
    const startSensor = () => startProgram('sensor', { folder, settings: { ...address, ...sensorSettings(folder, id) } })
    // The first start after a change of the sources compiles them, and the compiler stays in memory.
    for (const start of [startMonitor, startSensor]) await (await start()).stop()
    const monitor = await startMonitor()
    const sensor = await startSensor()
    try {
      progress(`idle: ${warmUp + duration} s`)
      await delay(warmUp * 1000)
      const before = [await usage(monitor.pid), await usage(sensor.pid)] as const
      await delay(duration * 1000)
      const after = [await usage(monitor.pid), await usage(sensor.pid)] as const
      console.log(`\nAn hour without events, extrapolated from ${duration} s: a monitor with its embedded broker, and one sensor`)
      console.table({ monitor: row(before[0], after[0]), sensor: row(before[1], after[1]) })
      console.log(`The monitor uses ${against(after[0].resident, targets.monitor, 'at most', 0)} MB.`)
      console.log(`The sensor uses ${against(after[1].resident, targets.sensor, 'at most', 0)} MB,`)
      console.log(`${against(after[1].anonymous, targets.sensorAnonymous, 'at most', 0)} MB of it anonymous.`)
    } finally {
      await sensor.stop()
      await monitor.stop()
    }
  })
}

function row(before: Usage, after: Usage) {
  return {
    'CPU s per hour': Number((((after.cpu - before.cpu) * 3600) / duration).toFixed(1)),
    'KB written per hour': Math.round(((after.written - before.written) * 3600) / duration / 1024),
    'resident MB': Math.round(after.resident),
    'anonymous MB': Math.round(after.anonymous),
  }
}
