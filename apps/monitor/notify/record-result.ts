import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { second } from '@hearthwatch/protocol/durations'
import { isOutsideTrouble } from '../store/file/open.ts'

/** Pause before a write to the database is retried. ms */
export const retryPause = 5 * second

/**
 * Writes the result of a message, and retries while the disk is full. The next message waits for it. Meanwhile the rows
 * keep the state "sending", so that they are not sent twice.
 * @param ending aborts the wait; a result that is not written by then means that the next start sends the message again
 * @returns true if it was written
 */
export async function persistResult(write: () => void, ending: AbortSignal, log: Log): Promise<boolean> {
  for (;;) {
    try {
      write()
      return true
    } catch (error) {
      if (!isOutsideTrouble(error)) throw error
      log.error('the result of a message cannot be written to the database; retrying', { why: (error as Error).message })
      const isEnding = await delay(retryPause, false, { signal: ending }).catch(() => true)
      if (isEnding) return false
    }
  }
}
