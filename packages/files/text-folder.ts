import { chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The result of `Folder.ensure` for a file; `renewed` is a completed certificate. */
export type Outcome = 'kept' | 'made' | 'completed' | 'renewed'

export interface Owner {
  uid: number
  gid: number
}

/** A folder of the installation. */
export type TextFolder = ReturnType<typeof openFolder>

/**
 * Opens a folder whose files are written atomically: after an interruption a file has the old text or the new one.
 * @param owner owner of new files; default: the user of this process
 */
export function openFolder(path: string, name: string, owner?: Owner) {
  return {
    path,
    /** Name for messages. */
    name,
    /** The file's text; undefined if it does not exist. */
    read: (file: string) => readIfThere(join(path, file)),
    /** Makes sure that the file has this text. A new file gets `mode`; an existing one keeps its mode and owner. */
    async ensure(name: string, text: string, mode: number): Promise<Outcome> {
      // The settings of an installed monitor are a link to a file in /etc.
      const file = await realpath(join(path, name)).catch(() => join(path, name))
      const before = await readIfThere(file)
      if (before === text) return 'kept'
      const old = before === undefined ? undefined : await stat(file)
      const newFolder = await mkdir(dirname(file), { recursive: true })
      if (newFolder) await giveTo(newFolder, owner)
      await replace(file, text, old ? old.mode & 0o777 : mode, old ?? owner)
      return old ? 'completed' : 'made'
    },
    /** Deletes a file. A missing one is no error. */
    remove: (file: string) => rm(join(path, file), { force: true }),
    /** The sorted names of its files. */
    async names(): Promise<string[]> {
      try {
        return (await readdir(path)).sort()
      } catch (error) {
        if (isMissing(error)) return []
        throw error
      }
    },
  }
}

async function replace(file: string, text: string, mode: number, owner: Owner | undefined): Promise<void> {
  // The id of a sensor contains no tilde, so the rest of an interrupted run is never taken for a sensor's file.
  const next = `${file}.new~`
  // Flushed before the rename, so that a power cut leaves no empty file.
  await writeFile(next, text, { mode: 0o600, flush: true })
  await chmod(next, mode)
  await giveTo(next, owner)
  await rename(next, file)
}

/** Only root can change the owner; the files of other users already belong to them. */
async function giveTo(path: string, owner: Owner | undefined): Promise<void> {
  if (owner && process.getuid?.() === 0) await chown(path, owner.uid, owner.gid)
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
