import { closeSync, fstatSync, openSync, statSync } from 'node:fs'

/** Watches an open file for being deleted, moved or replaced. */
export interface FileWatch {
  readonly file: string
  /** True if the file's name no longer leads to the file that was opened. */
  readonly isReplaced: boolean
  /** Call this after the process has closed the file: closing any of its descriptors releases all locks on the file. */
  close(): void
}

/** @throws Error if the file does not exist */
export function watchFile(file: string): FileWatch {
  // Compares with the open descriptor, because some file systems reuse the inode number of a deleted file.
  const descriptor = openSync(file, 'r')
  return {
    file,
    get isReplaced() {
      const found = statSync(file, { bigint: true, throwIfNoEntry: false })
      if (found === undefined) return true
      const open = fstatSync(descriptor, { bigint: true })
      return found.ino !== open.ino || found.dev !== open.dev
    },
    close: () => closeSync(descriptor),
  }
}
