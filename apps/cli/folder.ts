import { chmod, chown, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What became of a file. */
export type Outcome = 'kept' | 'made' | 'completed' | 'renewed'

export interface Owner {
  uid: number
  gid: number
}

/** One folder of the house's files. */
export interface Folder {
  readonly path: string
  /** What people call it. */
  readonly name: string
  /** The file's text; undefined where there is none. */
  read(name: string): Promise<string | undefined>
  /** Makes sure that the file has this text. A new one gets `mode`; one that is there keeps its mode and owner. */
  keep(name: string, text: string, mode: number): Promise<Outcome>
  /** The names of the files in it, in order. */
  names(): Promise<string[]>
}

/**
 * Opens a folder for reading and for files that appear whole or not at all: who is interrupted finds the old text or
 * the new one.
 * @param owner whose new files are; without one they belong to who runs this
 */
export function openFolder(path: string, name: string, owner?: Owner): Folder {
  return {
    path,
    name,
    read: (file) => readIfThere(join(path, file)),
    async keep(name, text, mode) {
      const file = join(path, name)
      const before = await readIfThere(file)
      if (before === text) return 'kept'
      const old = before === undefined ? undefined : await stat(file)
      const newFolder = await mkdir(dirname(file), { recursive: true })
      if (newFolder) await giveTo(newFolder, owner)
      await replace(file, text, old ? old.mode & 0o777 : mode, old ?? owner)
      return old ? 'completed' : 'made'
    },
    async names() {
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
  // No id of a sensor has a tilde, so what an interrupted run leaves behind is not taken for a sensor's file.
  const next = `${file}.new~`
  // Flushed before it takes the name: a power cut leaves no empty file of passwords.
  await writeFile(next, text, { mode: 0o600, flush: true })
  await chmod(next, mode)
  await giveTo(next, owner)
  await rename(next, file)
}

/** Only root can give a file away; for anyone else it is theirs already. */
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
