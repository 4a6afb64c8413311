import { setTimeout as delay } from 'node:timers/promises'
import { topicOf } from '@hearthwatch/protocol'
import Database from 'better-sqlite3'
import mqtt from 'mqtt'
import { databaseOf, inFolder, sensorSettings, startProgram, withBroker, withMonitor } from './program.ts'
import { progress } from './report.ts'
import { usage } from './usage.ts'

/** All intervals are shorter than the defaults by this factor. */
const speed = 100
/** Default intervals, s. */
const reading = 10
const heartbeat = 30
const id = 'pi-disk'
/** Duration of the measurement, s. */
const duration = 40

/** Measures the bytes written to disk per reading, by a sensor and by its monitor. */
export function disk(): Promise<void> {
  return inFolder('disk', (folder) =>
    withBroker((MQTT_URL) =>
      // Each packet has its own commit, because at the usual pace two rarely arrive within COMMIT_INTERVAL.
      withMonitor(folder, { MQTT_URL, COMMIT_INTERVAL: '0' }, async (monitor) => {
        const fast = {
          // The sensor cannot send heartbeats so fast; the bench sends them.
          HEARTBEAT_INTERVAL: '3600',
          READ_INTERVAL: String(reading / speed),
          BATCH_INTERVAL: String(30 / speed),
          MAX_RATE: String(speed),
        }
        const sensor = await startProgram('sensor', { folder, settings: { MQTT_URL, ...fast, ...sensorSettings(folder, id) } })
        const heartbeats = await sendHeartbeats(MQTT_URL)
        try {
          progress(`disk: ${duration} s`)
          await delay(2000)
          const before = await written(folder, sensor.pid, monitor.pid)
          await delay(duration * 1000)
          report(before, await written(folder, sensor.pid, monitor.pid))
        } finally {
          await heartbeats.stop()
          await sensor.stop()
        }
      }),
    ),
  )
}

async function sendHeartbeats(url: string): Promise<{ stop(): Promise<void> }> {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 })
  let uptime = 0
  const timer = setInterval(
    () => {
      uptime += heartbeat
      const state = { cpu: 12.5, memory: 41, temperature: 48.3, uptime, disk: 37.2, rssi: -61, outbox: 0, dropped: 0, version: '1.0.0' }
      client.publish(topicOf('heartbeat', { id }), JSON.stringify({ device_id: id, timestamp: new Date().toISOString(), ...state }))
    },
    (heartbeat * 1000) / speed,
  )
  return {
    async stop() {
      clearInterval(timer)
      await client.endAsync()
    },
  }
}

interface Written {
  readings: number
  sensor: number
  monitor: number
}

async function written(folder: string, sensor: number, monitor: number): Promise<Written> {
  const db = new Database(databaseOf(folder), { readonly: true })
  const readings = db.prepare<[], number>('SELECT count(*) FROM reading').pluck().get() ?? 0
  db.close()
  return { readings, sensor: (await usage(sensor)).written, monitor: (await usage(monitor)).written }
}

function report(before: Written, after: Written): void {
  const readings = after.readings - before.readings
  const row = (side: 'sensor' | 'monitor') => {
    const each = (after[side] - before[side]) / readings
    return { 'KB per reading': Number((each / 1024).toFixed(1)), 'MB a day': Math.round((each * 86_400) / reading / 1024 / 1024) }
  }
  console.log(`\nBytes written to disk per reading, at ${speed} times the usual pace (${readings} readings)`)
  console.table({
    'sensor: one commit per reading, and one per acknowledgement': row('sensor'),
    'monitor: with live readings and heartbeats': row('monitor'),
  })
  if (after.sensor === before.sensor)
    console.log('No bytes were written: the temporary folder is not on a disk. Set TMPDIR to a folder on a disk.')
  else console.log('Counted by the kernel in whole pages (/proc/<pid>/io), without the journal of the file system.')
}
