/** The boot partition of a card: a mounted folder or an image file. Paths have forward slashes and begin without one. */
export interface BootPartition {
  /** For messages. */
  readonly name: string
  /** True if it is a mounted card, which must be ejected. */
  readonly isMounted: boolean
  /** The names in a folder; empty if there is none. */
  list(folder: string): Promise<string[]>
  /** undefined: there is no such file. */
  read(path: string): Promise<Buffer | undefined>
  /** Replaces a file as a whole, and makes its folder. `onProgress` gets the share that is written. */
  write(path: string, content: Buffer, onProgress?: (share: number) => void): Promise<void>
  /** Deletes a file or an empty folder. A missing one is no error. */
  remove(path: string): Promise<void>
  /** Free bytes. */
  free(): Promise<number>
  /** Writes everything to the card. */
  close(): Promise<void>
}

/** The card cannot be used; the message is for people. Exit code 1. */
export class CardError extends Error {}

/** Bytes that are written at a time, so that Ctrl-C and the progress have their turn. */
export const chunk = 1024 * 1024
