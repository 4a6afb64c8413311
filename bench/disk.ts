import { setTimeout as delay } from 'node:timers/promises'
import { topicOf } from '@hearthwatch/protocol'
import { startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import Database from 'better-sqlite3'
import mqtt from 'mqtt'
import { asInTheHouse, databaseOf, inFolder, monitorSettings, sensorSettings, startProgram } from './program.ts'
import { progress } from './report.ts'
import { usage } from './usage.ts'

/** How many times faster than in a house everything goes that the defaults give in seconds. */
const speed = 100
const reading = 10
const heartbeat = 30
const id = 'pi-disk'
/** s of the bench */
const lasts = 40

/** Bytes written to disk per reading, by a sensor and by its monitor. */
export function disk(): Promise<void> {
  return inFolder('disk', async (folder) => {
    const broker = await startMosquitto(asInTheHouse)
    const MQTT_URL = `mqtt://127.0.0.1:${broker.port}`
    try {
      // Each packet has a commit of its own, as in a house, where seldom two come within COMMIT_INTERVAL.
      const monitor = await startProgram('monitor', { folder, settings: { MQTT_URL, COMMIT_INTERVAL: '0', ...monitorSettings(folder) } })
      const hurry = {
        // It does not beat so fast: that is done for it.
        HEARTBEAT_INTERVAL: '3600',
        READ_INTERVAL: String(reading / speed),
        BATCH_INTERVAL: String(30 / speed),
        MAX_RATE: String(speed),
      }
      const sensor = await startProgram('sensor', { folder, settings: { MQTT_URL, ...hurry, ...sensorSettings(folder, id) } })
      const heart = await beat(MQTT_URL)
      try {
        progress(`disk: ${lasts} s`)
        await delay(2000)
        const before = await look(folder, sensor.pid, monitor.pid)
        await delay(lasts * 1000)
        report(before, await look(folder, sensor.pid, monitor.pid))
      } finally {
        await heart.stop()
        await sensor.stop()
        await monitor.stop()
      }
    } finally {
      await broker.stop()
    }
  })
}

async function beat(url: string): Promise<{ stop(): Promise<void> }> {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 })
  let uptime = 0
  const timer = setInterval(
    () => {
      uptime += heartbeat
      const vitals = { cpu: 12.5, memory: 41, temperature: 48.3, uptime, disk: 37.2, rssi: -61, outbox: 0, dropped: 0, version: '1.0.0' }
      client.publish(topicOf('heartbeat', { id }), JSON.stringify({ device_id: id, timestamp: new Date().toISOString(), ...vitals }))
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

async function look(folder: string, sensor: number, monitor: number): Promise<Written> {
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
  console.log(`\nBytes written to disk per reading, all at ${speed} times the pace of a house (${readings} readings counted)`)
  console.table({
    'sensor: a commit a tick, and one for each acknowledgement': row('sensor'),
    'monitor: with live readings and heartbeats': row('monitor'),
  })
  if (after.sensor === before.sensor)
    console.log('Nothing was written: the temporary folder does not lie on a disk. Set TMPDIR to one that does.')
  else console.log('As the kernel counts them (/proc/<pid>/io, whole pages); the journal of the file system comes on top.')
}
