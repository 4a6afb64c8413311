import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { maxRows } from '@hearthwatch/protocol'
import { startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import Database from 'better-sqlite3'
import { quality } from '../apps/sensor/outbox/clock.ts'
import { openOutbox } from '../apps/sensor/outbox/open.ts'
import { readings, startDevice } from './device.ts'
import { asInTheHouse, databaseOf, inFolder, monitorSettings, type Program, sensorSettings, startProgram } from './program.ts'
import { against, median, progress } from './report.ts'
import { usage } from './usage.ts'

const rounds = 3
const house = { devices: 50, rows: 6000 }
/** One reading in 10 s, for a week. */
const week = 60_480

interface Result {
  /** ms from the first batch to the last acknowledgement */
  took: number
  /** CPU of the process meanwhile, s */
  cpu: number
  /** its largest resident memory, MB */
  peak: number
}

/** The record of a house comes in after an outage, and the week of one sensor. Medians of 3. */
export async function record(): Promise<void> {
  const bare: Result[] = []
  const ours: Result[] = []
  const weeks: Result[] = []
  for (let round = 1; round <= rounds; round += 1) {
    progress(`record: round ${round} of ${rounds}, bare better-sqlite3`)
    bare.push(await inFolder('record', insertBare))
    progress(`record: round ${round} of ${rounds}, the monitor`)
    ours.push(await inFolder('record', takeHouse))
    progress(`record: round ${round} of ${rounds}, a week of one sensor`)
    weeks.push(await inFolder('record', takeWeek))
  }
  const count = house.devices * house.rows
  const peer = median(bare, ({ took }) => took)
  const us = median(ours, ({ took }) => took)
  const one = median(weeks, ({ took }) => took)
  console.log(`\nThe record: ${count.toLocaleString('en')} readings of ${house.devices} devices, ${maxRows} a batch, median of ${rounds}`)
  console.table({
    'bare better-sqlite3, a transaction for each batch': row(peer, count),
    'monitor, checked, judged, stored and acknowledged': row(us, count),
    [`monitor, a week of one sensor (${week.toLocaleString('en')})`]: row(one, week),
  })
  console.log(
    `The monitor stores at ${against(peer.took / us.took, 0.5, 'at least', 2)} × the rate of bare better-sqlite3, with ${(us.cpu / peer.cpu).toFixed(2)} × its CPU time.`,
  )
  console.log(`A week of one sensor takes ${against(one.took / 1000, 30, 'at most', 1)} s.`)
}

async function insertBare(folder: string): Promise<Result> {
  const args = [join(folder, 'bare.db'), ...[house.devices, house.rows, maxRows].map(String)]
  const child = fork(join(import.meta.dirname, 'bare-sqlite.ts'), args)
  const [result] = (await once(child, 'message')) as [Result]
  await once(child, 'exit')
  return result
}

async function withMonitor(folder: string, work: (url: string, monitor: Program) => Promise<Result>): Promise<Result> {
  const broker = await startMosquitto(asInTheHouse)
  const url = `mqtt://127.0.0.1:${broker.port}`
  try {
    const monitor = await startProgram('monitor', { folder, settings: { MQTT_URL: url, ...monitorSettings(folder) } })
    try {
      return await work(url, monitor)
    } finally {
      await monitor.stop()
    }
  } finally {
    await broker.stop()
  }
}

/** The batches are packed beforehand: in a house each device does that by itself. */
function takeHouse(folder: string): Promise<Result> {
  return withMonitor(folder, async (url, monitor) => {
    const devices = await Promise.all(Array.from({ length: house.devices }, (_, i) => startDevice(url, `pi-${i}`)))
    const backlogs = devices.map((device, i) => ({ device, batches: device.pack(readings(house.rows, i), maxRows) }))
    const before = await usage(monitor.pid)
    const begun = performance.now()
    await Promise.all(backlogs.map(({ device, batches }) => device.send(batches)))
    const took = performance.now() - begun
    const { cpu, peak } = await usage(monitor.pid)
    await Promise.all(devices.map((device) => device.close()))
    const stored = read(folder, (db) => db.prepare<[], number>('SELECT count(*) FROM reading').pluck().get() ?? 0)
    if (stored !== house.devices * house.rows) throw new Error(`${stored} readings are stored`)
    return { took, cpu: cpu - before.cpu, peak }
  })
}

/** Our own sensor, from the start of its process until the monitor has everything that its outbox held. */
function takeWeek(folder: string): Promise<Result> {
  const settings = sensorSettings(folder, 'pi-week')
  const opened = openOutbox({ ...settings, OUTBOX_MAX: 1_000_000, OUTBOX_SYNC: 'normal' }, silent)
  opened.outbox.append(readings(week, 1).map(({ time, values }) => ({ time, values, quality: quality.trusted, uptime: 0 })))
  opened.close()
  return withMonitor(folder, async (url, monitor) => {
    const before = await usage(monitor.pid)
    const begun = performance.now()
    const sensor = await startProgram('sensor', { folder, settings: { MQTT_URL: url, READ_INTERVAL: '3600', ...settings } })
    try {
      await read(folder, async (db) => {
        const kept = db.prepare<[], number>('SELECT max(kept) FROM epoch').pluck()
        while ((kept.get() ?? 0) < week) await delay(5)
      })
      const took = performance.now() - begun
      const { cpu, peak } = await usage(monitor.pid)
      return { took, cpu: cpu - before.cpu, peak }
    } finally {
      await sensor.stop()
    }
  })
}

function read<T>(folder: string, work: (db: Database.Database) => T): T {
  const db = new Database(databaseOf(folder), { readonly: true })
  const result = work(db)
  if (result instanceof Promise) result.finally(() => db.close())
  else db.close()
  return result
}

function row({ took, cpu, peak }: Result, count: number) {
  return {
    s: Number((took / 1000).toFixed(2)),
    'readings/s': Math.round((count / took) * 1000),
    'CPU s': Number(cpu.toFixed(2)),
    'peak MB': Math.round(peak),
  }
}
