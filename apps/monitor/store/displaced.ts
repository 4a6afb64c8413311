import { closeSync, fstatSync, openSync, statSync } from 'node:fs'

/** Keeps an eye on files that are open: whether they still lie where they were opened. */
export interface Watch {
  /** Those whose names lead nowhere, or to another file, by now. */
  displaced(): string[]
  /** Only when nobody has them open any more: closing a file lets go of every lock that this process has on it. */
  close(): void
}

/** @throws Error where one of them is not there */
export function watchFiles(files: readonly string[]): Watch {
  // Compared with what is open, not with a number that was remembered: not every file system keeps those.
  const open = files.map((file) => ({ file, descriptor: openSync(file, 'r') }))
  return {
    displaced: () => open.filter(({ file, descriptor }) => !isSame(file, descriptor)).map(({ file }) => file),
    close() {
      for (const { descriptor } of open) closeSync(descriptor)
    },
  }
}

function isSame(file: string, descriptor: number): boolean {
  const there = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (there === undefined) return false
  const held = fstatSync(descriptor, { bigint: true })
  return there.ino === held.ino && there.dev === held.dev
}
