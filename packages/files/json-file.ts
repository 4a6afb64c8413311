import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Something small that outlives the process and a power cut: JSON in a file of its own, always replaced as a whole. */
export interface JsonFile {
  /** @returns undefined where nothing is kept. @throws where it cannot be read or is no JSON */
  read(): unknown
  /** On the disk when it returns. @throws where the disk says no: then the old content is still there */
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
      mkdirSync(folder, { recursive: true })
      const fresh = `${path}.new`
      const file = openSync(fresh, 'w')
      try {
        writeSync(file, JSON.stringify(content))
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(fresh, path)
      // The name, too: without this a power cut may bring the old file back.
      const place = openSync(folder, 'r')
      try {
        fsyncSync(place)
      } finally {
        closeSync(place)
      }
    },
  }
}
