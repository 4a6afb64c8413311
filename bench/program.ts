import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'

/** A monitor or a sensor in a process of its own. */
export type Program = Awaited<ReturnType<typeof startProgram>>

export interface ProgramOptions {
  /** Working directory of the program, for its files. */
  folder: string
  /** Settings; the program inherits only PATH from the environment. */
  settings: Record<string, string>
}

/** Log messages that show that a program is ready. */
const ready = { monitor: 'listening to the broker', sensor: 'started' }
const processes = new Set<{ kill(signal: NodeJS.Signals): boolean }>()
process.once('exit', () => {
  for (const child of processes) child.kill('SIGKILL')
})

/** Node.js settings of the image (Dockerfile). The first start fills the compile cache. */
const nodeSettings = {
  NODE_OPTIONS: '--max-semi-space-size=4',
  NODE_COMPILE_CACHE: join(import.meta.dirname, '..', 'node_modules', '.cache', 'node'),
}

/** Starts a program and waits until it is ready. @throws Error with its log if it exits instead */
export async function startProgram(name: 'monitor' | 'sensor', { folder, settings }: ProgramOptions) {
  const main = join(import.meta.dirname, '..', 'apps', name, 'main.ts')
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', ...nodeSettings, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  processes.add(child)
  const ended = once(child, 'exit').finally(() => processes.delete(child)) as Promise<[number | null]>
  let log = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text) => {
      if (log.length < 1_000_000) log += text
      if (log.includes(ready[name])) resolve()
    })
    ended.then(() => reject(new Error(`the ${name} exited: ${log}`)))
  })
  return {
    pid: child.pid ?? 0,
    /** Its log until now, at most 1 MB. */
    log: () => log,
    /** Stops it by SIGTERM, and waits for its end. @returns its exit code; null: a signal ended it */
    async stop(): Promise<number | null> {
      child.kill('SIGTERM')
      const [code] = await ended
      return code
    },
  }
}

/** The database file of the monitor under test. */
export const databaseOf = (folder: string) => join(folder, 'house.db')

/** Settings of a monitor whose files are in this folder. */
export const monitorSettings = (folder: string) => ({ DATABASE_FILE: databaseOf(folder), HTTP_PORT: '0' })

/** Settings of a sensor whose outbox is in this folder. */
export const sensorSettings = (folder: string, id: string) => ({
  SENSOR_ID: id,
  ROOM: id,
  PROBE: 'simulated',
  OUTBOX_DIR: join(folder, 'outbox'),
})

/** Makes a temporary folder for the work, and deletes it afterwards. */
export async function inFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `bench-${name}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Options of a Mosquitto with the limits of mosquitto/mosquitto.conf, but without passwords. */
const openMosquitto = {
  config: ['allow_anonymous true', 'max_inflight_messages 1000', 'max_queued_messages 200000', 'set_tcp_nodelay true'],
}

/** Runs a Mosquitto during the work. @param work receives its address */
export async function withBroker<T>(work: (url: string) => Promise<T>): Promise<T> {
  const broker = await startMosquitto(openMosquitto)
  try {
    return await work(`mqtt://127.0.0.1:${broker.port}`)
  } finally {
    await broker.stop()
  }
}

/** Runs a monitor during the work, whose files are in this folder. */
export async function withMonitor<T>(folder: string, settings: Record<string, string>, work: (monitor: Program) => Promise<T>): Promise<T> {
  const monitor = await startProgram('monitor', { folder, settings: { ...monitorSettings(folder), ...settings } })
  try {
    return await work(monitor)
  } finally {
    await monitor.stop()
  }
}
