import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { ProbeError } from './probe-error.ts'

/** The kernel's sysfs. Paths are relative to its root, which tests replace. */
export type Sysfs = ReturnType<typeof openSysfs>

export function openSysfs(root: string) {
  return {
    /** Names in a folder, sorted; empty if it does not exist. */
    async list(path: string): Promise<string[]> {
      try {
        return (await readdir(join(root, path))).sort()
      } catch {
        return []
      }
    },
    // Not readFileSync: reading a DS18B20 takes 750 ms.
    /** A file's text without white space around it. @throws as `readFile` does */
    read: async (path: string) => (await readFile(join(root, path), 'utf8')).trim(),
    /** The path with all links resolved; undefined if it does not exist. */
    real: (path: string) => realpath(join(root, path)).catch(() => undefined),
  }
}

/** A file's text; undefined if it cannot be read. */
export async function readIfThere(sysfs: Sysfs, path: string): Promise<string | undefined> {
  try {
    return await sysfs.read(path)
  } catch {
    return undefined
  }
}

/** The number in a file, times `scale`. @throws ProbeError */
export async function readNumber(sysfs: Sysfs, path: string, scale = 1): Promise<number> {
  let text: string
  try {
    text = await sysfs.read(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new ProbeError(reasons[code] ?? `cannot be read (${code})`, { gone: code === 'ENOENT' || code === 'ENODEV', cause: error })
  }
  // After a bus error the w1 driver gives an empty file instead of an error.
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
