import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** Choices of the setting `SUPERVISED`. */
export const supervised = ['auto', 'yes', 'no'] as const

/** The program that starts this one again after it has ended; null: there is none. */
export type Supervisor = 'systemd' | 'container' | 'other' | null

/** The parts of the machine that show it. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  /** True if a person has started this program in a terminal. */
  isTerminal: boolean
  exists(path: string): boolean
  /** The text of /proc/self/cgroup; empty if it cannot be read. */
  cgroup(): string
  /** The setting `Restart=` of a unit. @throws Error if systemd cannot be asked */
  restartOf(unit: string, isOfUser: boolean): Promise<string>
}

/**
 * Finds out whether something starts this program again if it ends. If not, the program must recover in place: an exit
 * would be for ever.
 * @param said the setting `SUPERVISED`
 */
export async function findSupervisor(said: (typeof supervised)[number], where: Surroundings = thisMachine): Promise<Supervisor> {
  if (said !== 'auto') return said === 'yes' ? 'other' : null
  // `docker compose run` and a shell in a container have a terminal. The restart policy of a container cannot be seen from inside.
  if (where.exists('/.dockerenv') || where.exists('/run/.containerenv')) return where.isTerminal ? null : 'container'
  if (where.env.INVOCATION_ID === undefined || where.isTerminal) return null
  const path = where.cgroup().trim().split('\n').at(-1)?.split('::').at(-1) ?? ''
  const unit = path.split('/').at(-1) ?? ''
  // A desktop's terminal has the variable too, in a scope.
  if (!unit.endsWith('.service')) return null
  try {
    const restart = await where.restartOf(unit, path.includes('/user@'))
    return restart === 'no' || restart === '' ? null : 'systemd'
  } catch {
    // A sandbox may hide systemd. Our own units notify it, and have a Restart=.
    return where.env.NOTIFY_SOCKET === undefined ? null : 'systemd'
  }
}

const thisMachine: Surroundings = {
  env: process.env,
  isTerminal: process.stdin.isTTY === true,
  exists: existsSync,
  cgroup() {
    try {
      return readFileSync('/proc/self/cgroup', 'utf8')
    } catch {
      return ''
    }
  },
  async restartOf(unit, isOfUser) {
    const scope = isOfUser ? ['--user'] : []
    const { stdout } = await promisify(execFile)('systemctl', [...scope, 'show', '--property=Restart', '--value', unit], { timeout: 2000 })
    return stdout.trim()
  },
}
