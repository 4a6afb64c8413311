import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@hearthwatch/testhouse/ports'
import { type Fleet, startFleet } from '@hearthwatch/testhouse/sensors/fleet'
import Database from 'better-sqlite3'
import { ask } from './fleet.ts'
import { databaseOf, inFolder, type Program, withBroker, withMonitor } from './program.ts'
import { against, progress } from './report.ts'
import { slowDown } from './slow-down.ts'
import { percentile } from './year.ts'

/** Devices of the first load, which is doubled as long as it can be borne. */
const first = Number(process.env.OVERLOAD_FIRST ?? 4000)
/** A load can be borne if 99 % of the acknowledgements come within this, ms. */
const bearable = 2000
/** Durations, s. */
const warmUp = 45
const measured = 40
const storm = 160

interface Row {
  devices: number
  'rows acknowledged a second': number
  'rows that wait': number
  'batches a second': number
  'batch to ack p50, ms': number
  'p99, ms': number
  'health p50, ms': number
  'health p99, ms': number
}

/** Measures a slow monitor with as many devices as it can bear, with twice as many, and with half of them again. */
export function overload(): Promise<void> {
  return inFolder('overload', (folder) =>
    withBroker(async (MQTT_URL) => {
      const port = await freePort()
      await withMonitor(folder, { MQTT_URL, HTTP_PORT: String(port), HA_DISCOVERY: 'off' }, async (monitor) => {
        const fleet = await startFleet(MQTT_URL)
        try {
          await play(fleet, monitor, `http://127.0.0.1:${port}`, folder)
        } finally {
          fleet.stop()
        }
      })
    }),
  )
}

async function play(fleet: Fleet, monitor: Program, url: string, folder: string): Promise<void> {
  const table: Record<string, Row> = {}
  const stop = slowDown(monitor.pid, 20, 180)
  const load = async (name: string, devices: number, before: number, during: number) => {
    progress(`overload: ${name}, ${devices} devices, ${before + during} s`)
    await fleet.join(devices)
    await delay(before * 1000)
    const row = await measure(fleet, devices, url, during)
    table[name] = row
    progress(`overload: ${name}: ${JSON.stringify(row)}`)
    return row
  }
  try {
    let size = first
    let best = await load('bearable', size, warmUp, measured)
    for (;;) {
      const next = await load('the last attempt', size * 2, warmUp, measured)
      if (!(next['p99, ms'] <= bearable)) break
      size *= 2
      best = next
      table.bearable = next
    }
    const twice = await load('twice, from the start', size * 2, 10, storm)
    const after = await load('a minute after', size, 60, measured)
    console.log('\nA slow monitor with more devices than it can bear')
    console.table(table)
    const share = (100 * twice['rows acknowledged a second']) / best['rows acknowledged a second']
    console.log(`At twice the bearable load it stores ${against(share, 80, 'at least', 0)} % of the rows of the bearable one.`)
    console.log(
      `A minute after it was halved, 99 % of the acknowledgements come within ${against(after['p99, ms'], bearable, 'at most', 0)} ms.`,
    )
  } finally {
    stop()
  }
  await compare(fleet, folder)
}

/** Waits for the last rows and compares the database with what was acknowledged. */
async function compare(fleet: Fleet, folder: string): Promise<void> {
  await fleet.join(0)
  let { waiting, all } = await fleet.report()
  for (let tries = 0; waiting > 0 && tries < 120; tries += 1) {
    await delay(1000)
    ;({ waiting, all } = await fleet.report())
  }
  const db = new Database(databaseOf(folder), { readonly: true })
  const stored = db.prepare<[], number>('SELECT count(*) FROM reading').pluck().get() ?? 0
  const gaps = db.prepare<[], number>('SELECT count(*) FROM gap').pluck().get() ?? 0
  db.close()
  console.log(`${all} rows were acknowledged, ${stored} readings are stored (${gaps} gaps, ${waiting} rows wait).`)
}

async function measure(fleet: Fleet, devices: number, url: string, during: number): Promise<Row> {
  await fleet.report()
  const health: number[] = []
  const begun = performance.now()
  while (performance.now() - begun < during * 1000) {
    health.push(await ask(`${url}/api/health`))
    await delay(500)
  }
  const seconds = (performance.now() - begun) / 1000
  const { waits, batches, acknowledged, waiting } = await fleet.report()
  return {
    devices,
    'rows acknowledged a second': Math.round(acknowledged / seconds),
    'rows that wait': waiting,
    'batches a second': Math.round(batches / seconds),
    'batch to ack p50, ms': Math.round(percentile(waits, 0.5)),
    'p99, ms': Math.round(percentile(waits, 0.99)),
    'health p50, ms': Math.round(percentile(health, 0.5)),
    'health p99, ms': Math.round(percentile(health, 0.99)),
  }
}
