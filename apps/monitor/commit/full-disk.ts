import { day, minute } from '@hearthwatch/protocol/durations'
import type { DiskReserve } from '../store/file/reserve.ts'

export interface FullDiskOptions {
  reserve: DiskReserve
  /** Enqueues the notifications about it, in a transaction of its own. @throws if it cannot be written */
  notify(): void
  isOutsideTrouble(error: unknown): boolean
  now(): number
}

/**
 * A full disk: commits pause, and the room that was kept is given free for the notifications alone. They are repeated daily.
 * Commits go on when the room can be taken again.
 */
export function createFullDisk({ reserve, notify, isOutsideTrouble, now }: FullDiskOptions) {
  let isFull = false
  let notified: number | null = null
  /** The room was there, and a commit has failed all the same. */
  let paused: number | null = null

  function notifyAgain(): void {
    const at = now()
    // After a clock that was set back as well.
    if (notified !== null && Math.abs(at - notified) < day) return
    try {
      notify()
      notified = at
    } catch (error) {
      if (!isOutsideTrouble(error)) throw error
    }
  }

  return {
    /** A commit has failed. */
    failed(error: unknown): void {
      if (!reserve.isFull(error)) return
      paused = isFull ? now() : null
      isFull = true
      reserve.release()
      notifyAgain()
    },

    /** True if the next commit may be tried. */
    mayCommit(): boolean {
      if (!isFull) return true
      const isPaused = paused !== null && Math.abs(now() - paused) < minute
      if (!isPaused && reserve.regain()) return true
      notifyAgain()
      return false
    },

    /** A commit has succeeded. */
    succeeded(): void {
      isFull = false
      notified = null
      paused = null
    },
  }
}
