import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A monitor or a sensor in a process of its own, as people run it. */
export interface Program {
  readonly pid: number
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>
}

export interface ProgramOptions {
  /** Its working directory, where its files go. */
  folder: string
  /** Settings; of the bench's own environment it gets the PATH alone. */
  settings: Record<string, string>
}

const ready = { monitor: 'listening to the broker', sensor: 'started' }
const processes = new Set<{ kill(signal: NodeJS.Signals): boolean }>()
process.once('exit', () => {
  for (const child of processes) child.kill('SIGKILL')
})

/** As the image starts them: see the Dockerfile. The first start of all fills the cache. */
const asInTheImage = {
  NODE_OPTIONS: '--max-semi-space-size=4',
  NODE_COMPILE_CACHE: join(import.meta.dirname, '..', 'node_modules', '.cache', 'node'),
}

/** Starts it and waits until its log says that it is there. @throws Error with its own words where it ends instead */
export async function startProgram(name: 'monitor' | 'sensor', { folder, settings }: ProgramOptions): Promise<Program> {
  const main = join(import.meta.dirname, '..', 'apps', name, 'main.ts')
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', ...asInTheImage, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  processes.add(child)
  const ended = once(child, 'exit').finally(() => processes.delete(child))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text) => {
      if (said.length < 10_000) said += text
      if (said.includes(ready[name])) resolve()
    })
    ended.then(() => reject(new Error(`the ${name} ended: ${said}`)))
  })
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Where a bench's monitor has its database. */
export const databaseOf = (folder: string) => join(folder, 'house.db')

/** The settings of a monitor that is there for a bench alone, in this folder. */
export const monitorSettings = (folder: string) => ({ DATABASE_FILE: databaseOf(folder), HTTP_PORT: '0' })

/** The settings of a sensor that is there for a bench alone. */
export const sensorSettings = (folder: string, id: string) => ({
  SENSOR_ID: id,
  ROOM: id,
  PROBE: 'simulated',
  OUTBOX_DIR: join(folder, 'outbox'),
})

/** A folder that is gone when the work is done. */
export async function inFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `bench-${name}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A Mosquitto set up as ours is (mosquitto/mosquitto.conf), but open to everyone. */
export const asInTheHouse = {
  config: ['allow_anonymous true', 'max_inflight_messages 1000', 'max_queued_messages 200000', 'set_tcp_nodelay true'],
}
