import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { isOutsideTrouble } from '../store/file/open.ts'

/** While the database cannot be written, ms. */
export const troubleSleep = 5000

/**
 * What has become of a message must be written down before anything else goes out: as long as the disk is full, wait
 * here. The rows stand as being sent meanwhile, so that nobody sends them twice.
 * @param ending breaks off the wait; what is not written down by then goes out again at the next start
 * @returns whether it is written down
 */
export async function noteDown(write: () => void, ending: AbortSignal, log: Log): Promise<boolean> {
  for (;;) {
    try {
      write()
      return true
    } catch (error) {
      if (!isOutsideTrouble(error)) throw error
      log.error('what has become of a message cannot be written down; it is tried again', { why: (error as Error).message })
      const isOver = await delay(troubleSleep, false, { signal: ending }).catch(() => true)
      if (isOver) return false
    }
  }
}
