import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'

/**
 * Makes a Mosquitto on this machine read its files again, if its configuration names our password file. The embedded broker
 * watches its files and needs nothing.
 * @param passwordFile the path of our password file
 * @returns the commands that a person must run, because this user may not send the signal
 */
export async function reloadMosquitto(passwordFile: string): Promise<string[]> {
  const ours = await realpath(passwordFile).catch(() => passwordFile)
  const commands: string[] = []
  for (const pid of await processes('mosquitto')) {
    if (!(await namesFile(pid, ours))) continue
    try {
      process.kill(pid, 'SIGHUP')
    } catch {
      commands.push(`sudo kill -HUP ${pid}`)
    }
  }
  return commands
}

/** Sends SIGHUP to every Mosquitto that this container sees: the one whose processes it shares. */
export async function reloadSharedMosquitto(): Promise<string[]> {
  for (const pid of await processes('mosquitto')) process.kill(pid, 'SIGHUP')
  return []
}

/** The process ids with this name. Empty where there is no /proc. */
async function processes(name: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const named = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (pid) => ((await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === name ? [Number(pid)] : [])),
  )
  return named.flat()
}

/** True if the process was started with a configuration file that names the password file. */
async function namesFile(pid: number, passwordFile: string): Promise<boolean> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const option = args.findIndex((arg) => arg === '-c' || arg === '--config-file')
  const conf = option === -1 ? undefined : args[option + 1]
  if (conf === undefined) return false
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '/')
  const text = await readFile(resolve(folder, conf), 'utf8').catch(() => '')
  const named = [...text.matchAll(/^\s*password_file\s+(.+?)\s*$/gm)].map(([, path = '']) => resolve(folder, path))
  const real = await Promise.all(named.map((path) => realpath(path).catch(() => path)))
  return real.includes(passwordFile)
}
