import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for the end of something, good or bad, but not longer than this (ms). */
export async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([work.catch(() => {}), sleep(ms, undefined, waiting).catch(() => {})])
  waiting.abort()
}
