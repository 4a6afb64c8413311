import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { freePort } from '@hearthwatch/testhouse/ports'
import { type Fleet, startFleet } from '@hearthwatch/testhouse/sensors/fleet'
import Database from 'better-sqlite3'
import { openPage } from './page-reader.ts'
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
  'page p50, ms': number
  p99: number
  /** Without the time in which the monitor and this program were ready and had no CPU. */
  'p99 less waits': number
  'readings/s to it': number
  'whole house, ms': number
}

/** Columns that may grow as fast as the number of devices, and not faster. */
const columnsByWork = ['CPU for it, s', 'CPU, %', 'RSS, MB', 'batch to ack p50, ms', 'page p50, ms', 'whole house, ms'] as const

/** Measures one monitor with fleets of devices. Each has a reading each 10 s, each 30 s a heartbeat, and each 40 s a batch of four rows. */
export async function fleet(): Promise<void> {
  const table: Record<string, Row> = {}
  for (const size of sizes) table[`${size} devices`] = await inFolder('fleet', (folder) => measure(size, folder))
  console.log('\nOne monitor and a fleet of devices')
  console.table(table)
  for (const line of superlinear(Object.values(table))) console.log(line)
}

/** Columns that grow by half as much again as the number of devices, from one size to the next. */
function superlinear(rows: readonly Row[]): string[] {
  return rows.flatMap((row, i) => {
    const [before, devices, more] = [rows[i - 1], sizes[i] ?? 0, (sizes[i] ?? 0) / (sizes[i - 1] ?? 1)]
    if (before === undefined) return []
    return columnsByWork.flatMap((column) => {
      const growth = row[column] / before[column]
      return growth > 1.5 * more ? [`${column}: ${growth.toFixed(1)} times as much for ${more} times as many, ${devices} devices.`] : []
    })
  })
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
  const page = await openPage(url)
  const pages: number[] = []
  const working: number[] = []
  const whole: number[] = []
  // The first answers of a fleet that has just joined put all rooms in order.
  for (let i = 0; i < 10; i++) await page.visit()
  page.takeReceived()
  while (performance.now() - before.at < duration * 1000) {
    const waited = await waitedBy(monitor.pid)
    const took = await page.visit()
    pages.push(took)
    working.push(Math.max(0, took - ((await waitedBy(monitor.pid)) - waited)))
    if (pages.length % 60 === 0) whole.push(await ask(`${url}/api/rooms`))
    await delay(150)
  }
  const received = page.takeReceived()
  page.close()
  const { cpu, waited, resident } = await usage(monitor.pid)
  const share = (now: number, then: number) => round((100 * (now - then)) / ((performance.now() - before.at) / 1000))
  const { waits, batches } = await devices.report()
  return {
    'CPU, %': share(cpu, before.cpu),
    'waits for a CPU, %': share(waited, before.waited),
    'RSS, MB': round(resident),
    'batch to ack p50, ms': round(percentile(waits, 0.5)),
    'p99, ms': round(percentile(waits, 0.99)),
    unanswered: Math.max(0, batches - waits.length),
    'page p50, ms': round(percentile(pages, 0.5)),
    p99: round(percentile(pages, 0.99)),
    'p99 less waits': round(percentile(working, 0.99)),
    'readings/s to it': round(received / ((performance.now() - before.at) / 1000)),
    'whole house, ms': round(percentile(whole, 0.5)),
  }
}

/** Time in which the monitor and this program had no CPU, ms. */
async function waitedBy(monitor: number): Promise<number> {
  const [theirs, own] = await Promise.all([usage(monitor), usage(process.pid)])
  return (theirs.waited + own.waited) * 1000
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
