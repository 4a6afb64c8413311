import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './folder.ts'

/** A small JSON file that is always replaced as a whole, so that a crash or power cut leaves the old or the new content. */
export interface JsonFile {
  /** @returns the content; undefined if the file does not exist. @throws Error if it cannot be read or is not JSON */
  read(): unknown
  /** Returns when the content is on disk. @throws Error if it cannot be written; the old content stays */
  write(content: unknown): void
}

export function openJsonFile(path: string): JsonFile {
  const folder = dirname(path)
  return {
    read() {
      try {
        return JSON.parse(readFileSync(path, 'utf8'))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    write(content) {
      makeFolder(folder)
      const fresh = `${path}.new`
      withFile(fresh, 'w', (file) => {
        writeSync(file, JSON.stringify(content))
        fsyncSync(file)
      })
      renameSync(fresh, path)
      // Without this a power cut may undo the rename.
      withFile(folder, 'r', fsyncSync)
    },
  }
}

function withFile(path: string, mode: 'r' | 'w', work: (file: number) => void): void {
  const file = openSync(path, mode)
  try {
    work(file)
  } finally {
    closeSync(file)
  }
}
