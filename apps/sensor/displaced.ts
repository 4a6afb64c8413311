import { closeSync, fstatSync, openSync, statSync } from 'node:fs'

/** Keeps an eye on a file that is open. */
export interface FileWatch {
  /** Whether its name leads nowhere, or to another file, by now. */
  readonly isDisplaced: boolean
  /** Only when nobody has the file open any more: closing it lets go of every lock that this process has on it. */
  close(): void
}

/** @throws Error where it is not there */
export function watchFile(file: string): FileWatch {
  // Compared with what is open, not with a number that was remembered: not every file system keeps those.
  const descriptor = openSync(file, 'r')
  return {
    get isDisplaced() {
      const there = statSync(file, { bigint: true, throwIfNoEntry: false })
      if (there === undefined) return true
      const held = fstatSync(descriptor, { bigint: true })
      return there.ino !== held.ino || there.dev !== held.dev
    },
    close: () => closeSync(descriptor),
  }
}
