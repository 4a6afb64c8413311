import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { eventually } from '../eventually.ts'
import { find } from '../need.ts'
import { freePort } from '../ports.ts'

export interface Postgres {
  /** Of a database on 127.0.0.1, for a user with all rights. */
  readonly url: string
  readonly port: number
  /** The server runs as this user; undefined: as that of the tests. */
  readonly user: { uid: number; gid: number } | undefined
  /** Runs one statement in a connection of its own. */
  query<T extends object>(sql: string, values?: unknown[]): Promise<T[]>
  /** Stops the server, with SIGKILL like a power cut; `start` starts it again. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** The user for the server, which refuses to run as root: that of Debian's package. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Starts a real PostgreSQL with an empty database. Guard the suite with `need('postgres')`. */
export async function startPostgres(): Promise<Postgres> {
  const bin = dirname(find('postgres') ?? '')
  const user = serverUser()
  const dir = mkdtempSync(join(tmpdir(), 'postgres-'))
  if (user) chownSync(dir, user.uid, user.gid)
  const data = join(dir, 'data')
  execFileSync(join(bin, 'initdb'), ['--auth=trust', '--username=hearthwatch', '--encoding=UTF8', '--locale=C', '--no-sync', '-D', data], {
    stdio: 'pipe',
    cwd: dir,
    ...user,
  })
  const port = await freePort()
  const url = `postgres://hearthwatch@127.0.0.1:${port}/postgres`
  let child: ChildProcess
  const query = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<T>(sql, values)).rows
    } finally {
      await client.end()
    }
  }
  const spawnServer = () => {
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=32MB', 'max_connections=20']
    child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      stdio: 'ignore',
      cwd: dir,
      ...user,
    })
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  process.once('exit', () => child.kill('SIGKILL'))
  const start = async () => {
    spawnServer()
    await eventually(async () => {
      // It refuses to start while processes of its killed predecessor are still about to end.
      if (hasEnded()) spawnServer()
      return query('SELECT 1').catch(() => null)
    }, 30_000)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded()) return
    const gone = once(child, 'close')
    child.kill(signal)
    await gone
  }
  await start()
  return {
    url,
    port,
    user,
    query,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      // Fast shutdown: it closes the connections of others.
      await end('SIGINT')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
