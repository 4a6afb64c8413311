import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { find } from '../need.ts'
import { freePort } from '../ports.ts'

export interface MosquittoOptions {
  /**
   * More lines for mosquitto.conf. They follow the only listener, so TLS lines apply to it. Without
   * `allow_anonymous` or `password_file` among them, anonymous clients are allowed.
   */
  config?: string[]
  /** Default: a free port. */
  port?: number
}

export interface Mosquitto {
  readonly port: number
  /** Id of the running process; it changes with `restart`. */
  readonly pid: number
  /** Its temporary folder, deleted by `stop`. With `persistence true` it contains the database. */
  readonly dir: string
  /** Its log until now. */
  output(): string
  /** Stops it and deletes its folder. @param signal default SIGTERM; SIGKILL for a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Stops it and starts it again on the same port and folder. Without `persistence true` it has no state then. */
  restart(signal?: NodeJS.Signals): Promise<void>
  /** SIGHUP: it reads the password and ACL files again a moment later, which `output` shows. */
  reload(): void
}

/**
 * Starts a real Mosquitto on 127.0.0.1 and waits until it accepts connections. Guard the suite with
 * `need('mosquitto')`. It is killed when the test process exits.
 * @throws Error with the log of Mosquitto if it does not start
 */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const dir = await mkdtemp(join(tmpdir(), 'mosquitto-'))
  let log = ''
  let running: ChildProcess | undefined
  let port = 0

  const start = async () => {
    const child = spawn(find('mosquitto') ?? 'mosquitto', ['-c', join(dir, 'mosquitto.conf')], { stdio: ['ignore', 'pipe', 'pipe'] })
    const keep = (chunk: Buffer) => {
      log += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    running = child
    children.add(child)
    child.once('close', () => children.delete(child))
    await accepting(child, port)
  }
  const end = async (signal: NodeJS.Signals) => {
    const child = running
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'close')
    child.kill(signal)
    // A process that is stopped by SIGSTOP receives SIGTERM only after SIGCONT.
    child.kill('SIGCONT')
    await gone
  }

  // Another test may take a free port before Mosquitto binds it; the next attempt uses another port.
  for (let attempt = 1; ; attempt++) {
    port = options.port ?? (await freePort())
    await writeFile(join(dir, 'mosquitto.conf'), configuration(port, dir, options.config ?? []))
    try {
      await start()
      break
    } catch (error) {
      await end('SIGKILL')
      if (options.port === undefined && attempt < 5 && /already in use/.test(log)) continue
      await rm(dir, { recursive: true, force: true })
      throw new Error(`Mosquitto did not start: ${(error as Error).message}\n${log}`)
    }
  }

  return {
    port,
    get pid() {
      return running?.pid ?? 0
    },
    dir,
    output: () => log,
    async stop(signal = 'SIGTERM') {
      await end(signal)
      await rm(dir, { recursive: true, force: true })
    },
    async restart(signal = 'SIGTERM') {
      await end(signal)
      await start()
    },
    reload() {
      running?.kill('SIGHUP')
    },
  }
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

function configuration(port: number, dir: string, extra: string[]): string {
  const guarded = extra.some((line) => /^\s*(allow_anonymous|password_file)\s/.test(line))
  return [
    // Without this, Mosquitto started by root runs as the user "mosquitto", who cannot read the folder of a test.
    'user root',
    'log_dest stderr',
    'log_type all',
    `persistence_location ${dir}/`,
    `listener ${port} 127.0.0.1`,
    ...(guarded ? [] : ['allow_anonymous true']),
    ...extra,
    '',
  ].join('\n')
}

async function accepting(child: ChildProcess, port: number): Promise<void> {
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  child.once('close', (code, signal) => {
    failure ??= `it ended with ${signal ?? `code ${code}`}`
  })
  const deadline = performance.now() + 15_000
  for (;;) {
    const open = await canConnect(port)
    // Another program may listen on the port. Mosquitto exits a moment later then.
    if (open) await delay(20)
    if (failure !== undefined) throw new Error(failure)
    if (open) return
    if (performance.now() > deadline) throw new Error('it does not accept connections')
    await delay(10)
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
