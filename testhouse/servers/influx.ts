import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { find } from '../need.ts'
import { freePorts } from '../ports.ts'

export interface Influx {
  readonly port: number
  /** The rows of a query in InfluxQL, in ms. */
  query(sql: string): Promise<Record<string, unknown>[]>
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts a real InfluxDB 1 with the database `home`. Guard the suite with `need('influxd')`. */
export async function startInflux(): Promise<Influx> {
  const dir = mkdtempSync(join(tmpdir(), 'influx-'))
  const [port = 0, other = 0] = await freePorts(2)
  const folders = ['meta', 'data'].map((name) => `[${name}]\n  dir = "${join(dir, name)}"`).join('\n')
  writeFileSync(
    join(dir, 'influx.conf'),
    `reporting-disabled = true\nbind-address = "127.0.0.1:${other}"\n${folders}\n  wal-dir = "${join(dir, 'wal')}"\n[http]\n  bind-address = "127.0.0.1:${port}"\n  log-enabled = false\n`,
  )
  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)
  let child: ReturnType<typeof spawn>
  const start = async () => {
    child = spawn(find('influxd') ?? 'influxd', ['-config', join(dir, 'influx.conf')], { stdio: 'ignore' })
    process.once('exit', () => child.kill('SIGKILL'))
    await eventually(
      () =>
        ask('/ping').then(
          ({ ok }) => ok,
          () => false,
        ),
      30_000,
    )
  }
  const end = async (signal: NodeJS.Signals) => {
    const gone = once(child, 'close')
    child.kill(signal)
    await gone
  }
  await start()
  await ask('/query', { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE home' }) })
  return {
    port,
    async query(sql) {
      const answer = (await (await ask(`/query?${new URLSearchParams({ db: 'home', epoch: 'ms', q: sql })}`)).json()) as {
        results: { series?: { columns: string[]; values: unknown[][]; tags?: Record<string, string> }[] }[]
      }
      return (answer.results[0]?.series ?? []).flatMap(({ columns, values }) =>
        values.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))),
      )
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGTERM')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
