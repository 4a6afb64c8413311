import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readEnv } from '@hearthwatch/settings'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { freePorts } from '@hearthwatch/testhouse/ports'

const root = join(import.meta.dirname, '../..')

/** A house whose monitor runs on this machine, started by the commands that people type. */
export interface House {
  /** Port of the broker with TLS. */
  brokerPort: number
  get<T>(path: string): Promise<T>
  /** Runs a command of the repository for this house. @throws Error with its output if it fails */
  run(script: string, ...args: string[]): Promise<string>
  stop(): Promise<void>
}

export async function startHouse(folder: string): Promise<House> {
  const run = async (script: string, ...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, script), ...args], {
      maxBuffer: 16 * 1024 * 1024,
    }).catch((error: { stdout: string; stderr: string; message: string }) => {
      throw new Error(`${script}: ${error.message}\n${error.stdout}\n${error.stderr}`)
    })
    return stdout + stderr
  }
  const [http = 0, plain = 0, brokerPort = 0] = await freePorts(3)
  appendFileSync(join(folder, '.env'), `HTTP_PORT=${http}\nBROKER_PORT=${plain}\nBROKER_TLS_PORT=${brokerPort}\n`)
  await run('apps/cli/setup.ts', '--dir', folder)
  const monitor: ChildProcess = spawn(process.execPath, [join(root, 'apps/monitor/main.ts')], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.once('exit', () => monitor.kill('SIGKILL'))
  const url = `http://127.0.0.1:${http}`
  const { DASHBOARD_PASSWORD: password } = readEnv(readFileSync(join(folder, '.env'), 'utf8'))
  const isUp = () =>
    fetch(`${url}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await eventually(isUp, 60_000)
  const login = await fetch(`${url}/api/session`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password }) },
  })
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return {
    brokerPort,
    run,
    get: async <T>(path: string) => (await (await fetch(url + path, { headers: { cookie } })).json()) as T,
    async stop() {
      if (monitor.exitCode !== null) return
      const gone = once(monitor, 'exit')
      monitor.kill()
      await gone
    },
  }
}
