import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import mqtt from 'mqtt'
import { databaseOf, inFolder, monitorSettings, startProgram, withBroker } from './program.ts'
import { median, progress } from './report.ts'
import { type Taken, usage } from './usage.ts'

const count = 100_000
const rounds = 3
const series = 15

/** Measures how fast 100,000 plain readings (QoS 1), queued in a persistent session, are received. Medians of 3 rounds. */
export async function backlog(): Promise<void> {
  const bare: Taken[] = []
  const ours: Taken[] = []
  for (let round = 1; round <= rounds; round += 1) {
    progress(`backlog: round ${round} of ${rounds}, bare mqtt.js`)
    bare.push(await withBacklog('bare', subscribeBare, takeBare))
    progress(`backlog: round ${round} of ${rounds}, the monitor`)
    ours.push(await withBacklog('monitor', subscribeMonitor, takeMonitor))
  }
  const peer = median(bare, ({ took }) => took)
  const us = median(ours, ({ took }) => took)
  console.log(`\nA backlog of ${count.toLocaleString('en')} plain readings (QoS 1, ${series} series), median of ${rounds}`)
  console.table({
    'bare mqtt.js': row(peer),
    'monitor: checked, evaluated and stored': row(us),
  })
  console.log(
    `The monitor receives them at ${(peer.took / us.took).toFixed(2)} × the rate of bare mqtt.js, with ${(us.cpu / peer.cpu).toFixed(2)} × its CPU time.`,
  )
}

function withBacklog(
  name: string,
  subscribe: (url: string, folder: string) => Promise<void>,
  take: (url: string, folder: string) => Promise<Taken>,
): Promise<Taken> {
  return inFolder(name, (folder) =>
    withBroker(async (url) => {
      await subscribe(url, folder)
      await publish(url)
      return await take(url, folder)
    }),
  )
}

async function publish(url: string): Promise<void> {
  const client = await mqtt.connectAsync(url)
  for (let i = 0; i < count; i += 500) {
    const batch = Array.from({ length: 500 }, (_, j) =>
      client.publishAsync(`home/room-${(i + j) % series}/temperature`, (20 + ((i + j) % 90) / 10).toFixed(1), { qos: 1 }),
    )
    await Promise.all(batch)
  }
  await client.endAsync()
}

async function subscribeBare(url: string): Promise<void> {
  await once(fork(join(import.meta.dirname, 'bare-subscriber.ts'), [url, '0', 'subscribe']), 'exit')
}

async function takeBare(url: string): Promise<Taken> {
  const child = fork(join(import.meta.dirname, 'bare-subscriber.ts'), [url, String(count)])
  const [{ took, cpu, peak }] = (await once(child, 'message')) as [{ took: number; cpu: NodeJS.CpuUsage; peak: number }]
  await once(child, 'exit')
  return { took, cpu: (cpu.user + cpu.system) / 1e6, peak: peak / 1024 }
}

const startMonitor = (url: string, folder: string) =>
  startProgram('monitor', { folder, settings: { MQTT_URL: url, ...monitorSettings(folder) } })

async function subscribeMonitor(url: string, folder: string): Promise<void> {
  const monitor = await startMonitor(url, folder)
  await monitor.stop()
}

async function takeMonitor(url: string, folder: string): Promise<Taken> {
  const db = new Database(databaseOf(folder), { readonly: true })
  const stored = db.prepare<[], number>('SELECT count(*) FROM reading').pluck()
  const starting = startMonitor(url, folder)
  let first: { at: number; rows: number } | undefined
  try {
    for (let rows = 0; rows < count; rows = stored.get() ?? 0) {
      if (rows > 0) first ??= { at: performance.now(), rows }
      await delay(5)
    }
    // The time starts at the first commit, so the readings of that commit are not counted.
    const { at, rows } = first ?? { at: performance.now(), rows: 0 }
    const took = ((performance.now() - at) * count) / Math.max(1, count - rows)
    const { cpu, peak } = await usage((await starting).pid)
    return { took, cpu, peak }
  } finally {
    db.close()
    await (await starting).stop()
  }
}

function row({ took, cpu, peak }: Taken) {
  return { 'readings/s': Math.round((count / took) * 1000), 'CPU s': Number(cpu.toFixed(2)), 'peak MB': Math.round(peak) }
}
