import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists } from '@hearthwatch/files'
import { SetupError, UsageError } from '../setup-request.ts'

const run = promisify(execFile)

/** The reload of the broker under Docker Compose. */
export const composeReload = 'docker compose kill -s HUP broker'

/** The broker of the house, or the balancer of its cluster. */
const brokers = ['broker', 'balancer']

/**
 * True if the house in this folder runs under Docker Compose: its broker runs there. A stopped one counts if the folder
 * has no password file of its own.
 * False without Docker.
 */
export async function isComposeHouse(dir: string): Promise<boolean> {
  if (!(await exists(join(dir, 'docker-compose.yml')))) return false
  const has = async (...options: string[]) => {
    const { stdout } = await run('docker', ['compose', 'ps', '--services', ...options], { cwd: dir, timeout: 20_000 }).catch(() => ({
      stdout: '',
    }))
    return stdout.split('\n').some((service) => brokers.includes(service))
  }
  if (await has()) return true
  return !(await exists(join(dir, 'mosquitto/passwd'))) && (await has('--all'))
}

/** Runs setup in its container. @returns its output @throws SetupError, UsageError with its message */
export async function setupInContainer(dir: string, args: readonly string[]): Promise<string> {
  const options = { cwd: dir, maxBuffer: 16 * 1024 * 1024 }
  try {
    return (await run('docker', ['compose', 'run', '--rm', '-T', '--no-deps', 'setup', ...args], options)).stdout
  } catch (error) {
    const { code, stderr = String(error) } = error as { code?: unknown; stderr?: string }
    throw code === 2 ? new UsageError(stderr.trim().split('\n')[0] ?? '') : new SetupError(stderr.trim())
  }
}

/** Makes the broker in its container read its files again. @returns the command, if that failed */
export async function reloadInContainer(dir: string): Promise<string[]> {
  const [docker = '', ...args] = composeReload.split(' ')
  const isRunning = await run('docker', ['compose', 'ps', '--quiet', 'broker'], { cwd: dir }).then(
    ({ stdout }) => stdout.trim() !== '',
    () => false,
  )
  if (!isRunning) return []
  return run(docker, args, { cwd: dir }).then(
    () => [],
    () => [composeReload],
  )
}
