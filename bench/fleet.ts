import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type Fleet, startFleet } from '@hearthwatch/testhouse/fleet'
import { freePort } from '@hearthwatch/testhouse/mosquitto'
import Database from 'better-sqlite3'
import { databaseOf, inFolder, type Program, withBroker, withMonitor } from './program.ts'
import { progress } from './report.ts'
import { usage } from './usage.ts'
import { percentile } from './year.ts'

const sizes = (process.env.FLEET ?? '1000 2000 10000 20000 40000').split(' ').map(Number)
/** Time before the measurement, and its duration, s. */
const warmUp = 40
const duration = 30

interface Row {
  'joined, s': number
  'CPU for it, s': number
  'CPU, %': number
  'waits for a CPU, %': number
  'RSS, MB': number
  'batch to ack p50, ms': number
  'p99, ms': number
  unanswered: number
  'health p50, ms': number
  p99: number
  'rooms, ms': number
}

/** Measures one monitor with fleets of devices. Each has a reading each 10 s, and each 30 s a heartbeat and a batch of three rows. */
export async function fleet(): Promise<void> {
  const table: Record<string, Row> = {}
  for (const size of sizes) table[`${size} devices`] = await inFolder('fleet', (folder) => measure(size, folder))
  console.log('\nOne monitor and a fleet of devices')
  console.table(table)
}

async function measure(size: number, folder: string): Promise<Row> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  return withBroker((MQTT_URL) =>
    withMonitor(folder, { MQTT_URL, HTTP_PORT: String(port), HA_DISCOVERY: 'off' }, async (monitor) => {
      progress(`fleet: ${size} devices join`)
      const begun = performance.now()
      const idle = (await usage(monitor.pid)).cpu
      const devices = await startFleet(MQTT_URL)
      try {
        await devices.join(size)
        await eventually(() => knownIn(folder) >= size, 300_000, { interval: 100 })
        const joined = (performance.now() - begun) / 1000
        const cpu = (await usage(monitor.pid)).cpu - idle
        progress(`fleet: ${size} devices, ${warmUp + duration} s`)
        await delay(warmUp * 1000)
        return { 'joined, s': round(joined), 'CPU for it, s': round(cpu), ...(await underLoad(devices, monitor, url)) }
      } finally {
        devices.stop()
      }
    }),
  )
}

async function underLoad(devices: Fleet, monitor: Program, url: string): Promise<Omit<Row, 'joined, s' | 'CPU for it, s'>> {
  await devices.report()
  const before = { ...(await usage(monitor.pid)), at: performance.now() }
  const health: number[] = []
  const rooms: number[] = []
  while (performance.now() - before.at < duration * 1000) {
    health.push(await ask(`${url}/api/health`))
    if (health.length % 20 === 0) rooms.push(await ask(`${url}/api/rooms`))
    await delay(500)
  }
  const { cpu, waited, resident } = await usage(monitor.pid)
  const share = (now: number, then: number) => round((100 * (now - then)) / ((performance.now() - before.at) / 1000))
  const { waits, batches } = await devices.report()
  return {
    'CPU, %': share(cpu, before.cpu),
    'waits for a CPU, %': share(waited, before.waited),
    'RSS, MB': round(resident),
    'batch to ack p50, ms': round(percentile(waits, 0.5)),
    'p99, ms': round(percentile(waits, 0.99)),
    unanswered: batches - waits.length,
    'health p50, ms': round(percentile(health, 0.5)),
    p99: round(percentile(health, 0.99)),
    'rooms, ms': round(percentile(rooms, 0.5)),
  }
}

/** Time until the whole answer is here, ms. */
export async function ask(url: string): Promise<number> {
  const begun = performance.now()
  await (await fetch(url)).arrayBuffer()
  return performance.now() - begun
}

/** Devices that the database knows by their info. */
function knownIn(folder: string): number {
  const db = new Database(databaseOf(folder), { readonly: true })
  try {
    return db.prepare<[], number>('SELECT count(*) FROM device WHERE info IS NOT NULL').pluck().get() ?? 0
  } finally {
    db.close()
  }
}

const round = (value: number) => Math.round(value * 10) / 10
