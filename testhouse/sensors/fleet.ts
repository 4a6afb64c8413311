import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { FleetReport } from './fleet-child.ts'

/** Many devices with real senders and no disk, in a process of their own. */
export type Fleet = Awaited<ReturnType<typeof startFleet>>

/**
 * Starts the process, without a device yet.
 * @param url of the broker, which allows anonymous clients
 * @param interval time between two readings of a device; three of them pass between two batches. ms
 */
export async function startFleet(url: string, interval = 10_000) {
  const child = fork(join(import.meta.dirname, 'fleet-child.ts'), [url, String(interval)])
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the fleet ended: ${signal ?? code}`)
  })
  ended.catch(() => {})
  const answer = async (): Promise<unknown> => (await Promise.race([once(child, 'message'), ended]))[0]
  await answer()
  return {
    /** Lets so many devices measure. New ones publish their info at once; those above the number only send what they have. */
    async join(size: number): Promise<void> {
      child.send({ size })
      await answer()
    },
    /** Counts since the last report. */
    async report(): Promise<FleetReport> {
      child.send('report')
      return (await answer()) as FleetReport
    },
    stop: () => child.kill(),
  }
}
