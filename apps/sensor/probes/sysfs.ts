import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { ProbeError } from './probe.ts'

/** What the kernel tells in files. Paths are below its root, which is another one in tests. */
export interface Sysfs {
  /** Names in a folder, sorted; none where it is not there. */
  list(path: string): Promise<string[]>
  /** A file's text without the line end. @throws as `readFile` does */
  read(path: string): Promise<string>
  /** Where the links lead to; undefined where it is not there. */
  real(path: string): Promise<string | undefined>
}

export function openSysfs(root: string): Sysfs {
  return {
    async list(path) {
      try {
        return (await readdir(join(root, path))).sort()
      } catch {
        return []
      }
    },
    // Never a blocking read: a DS18B20 measures while it is read, for three quarters of a second.
    read: async (path) => (await readFile(join(root, path), 'utf8')).trim(),
    real: (path) => realpath(join(root, path)).catch(() => undefined),
  }
}

/** A file's text, undefined where it cannot be read. */
export async function readIfThere(sysfs: Sysfs, path: string): Promise<string | undefined> {
  try {
    return await sysfs.read(path)
  } catch {
    return undefined
  }
}

/** A number of the kernel's, times `scale`. @throws ProbeError */
export async function readNumber(sysfs: Sysfs, path: string, scale = 1): Promise<number> {
  let text: string
  try {
    text = await sysfs.read(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new ProbeError(reasons[code] ?? `cannot be read (${code})`, { gone: code === 'ENOENT' || code === 'ENODEV', cause: error })
  }
  // On an error of the bus w1 gives an empty file, not an error.
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new ProbeError(text === '' ? 'no answer (the wiring?)' : `no number: ${text.slice(0, 40)}`)
  return Number(text) * scale
}

const reasons: Record<string, string> = {
  ENOENT: 'is not plugged in any more',
  ENODEV: 'is not plugged in any more',
  EIO: 'does not answer (EIO: the wiring?)',
  EREMOTEIO: 'does not answer (EREMOTEIO: the wiring?)',
  ENXIO: 'does not answer (ENXIO: the wiring?)',
  ETIMEDOUT: 'does not answer in time',
  EACCES: 'must not be read by this user',
}
