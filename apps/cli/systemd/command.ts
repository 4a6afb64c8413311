import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { exists, openFolder } from '@hearthwatch/files'
import { SetupError } from '../setup-request.ts'
import { type Program, unitName, unitText } from './unit.ts'

/** The folder of the units that an administrator adds. */
const system = '/etc/systemd/system'

export interface ServiceRequest {
  /** Folder of the clone. */
  dir: string
  /** Default: the monitor, and the sensor if it has settings here. */
  programs: readonly Program[]
  /** Folder of the units, which are then only written. Default: that of systemd, which starts them. */
  out: string | undefined
  isJson: boolean
}

/**
 * `setup service`: units of systemd, so that monitor and sensor start with the machine and come back after a crash.
 * @returns lines for people, or JSON for programs
 * @throws SetupError without root, for a clone of root, or without settings of the monitor
 */
export async function runService({ dir: given, programs, out, isJson }: ServiceRequest): Promise<string> {
  const dir = resolve(given)
  const { uid } = await stat(dir).catch(() => {
    throw new SetupError(`The folder ${dir} does not exist.`)
  })
  if (out === undefined && process.getuid?.() !== 0) throw new SetupError('Only root may add services: sudo npm run setup -- service')
  if (uid === 0 && out === undefined)
    throw new SetupError(`${dir} belongs to root, and Hearthwatch should not run as root. Give it to a user: chown -R USER ${dir}`)
  const user = await nameOf(uid)
  const wanted = programs.length > 0 ? programs : await configured(dir)
  const units = openFolder(out ?? system, out ?? system)
  const names: string[] = []
  for (const program of wanted) {
    const name = unitName(program)
    await units.ensure(name, unitText({ program, dir, user, node: process.execPath }), 0o644)
    names.push(name)
  }
  const start = [['daemon-reload'], ['enable', '--now', ...names], ['restart', ...names]]
  const isStarted = out === undefined && (await startAll(start))
  const commands = isStarted ? [] : start.map((args) => `sudo systemctl ${args.join(' ')}`)
  const files = names.map((name) => join(out ?? system, name))
  if (isJson) return `${JSON.stringify({ files, commands })}\n`
  const next = isStarted ? ['They run, and start with the machine.'] : ['Then:', ...commands.map((command) => `  ${command}`)]
  return `${[...files, ...next, 'Their lines: journalctl -fu hearthwatch-monitor'].join('\n')}\n`
}

async function configured(dir: string): Promise<Program[]> {
  const has = (file: string) => exists(join(dir, file))
  if (!(await has('.env'))) throw new SetupError('.env does not exist; npm run setup creates it.')
  return (await has('.env.sensor')) ? ['monitor', 'sensor'] : ['monitor']
}

async function nameOf(uid: number): Promise<string> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  return users.find(([, , id]) => id === String(uid))?.[0] ?? String(uid)
}

/** @returns false where systemd does not run */
async function startAll(calls: readonly string[][]): Promise<boolean> {
  if (!(await exists('/run/systemd/system'))) return false
  for (const args of calls)
    await promisify(execFile)('systemctl', args).catch((error: Error & { stderr?: string }) => {
      throw new SetupError(`systemctl ${args.join(' ')}: ${error.stderr?.trim() || error.message}`)
    })
  return true
}
