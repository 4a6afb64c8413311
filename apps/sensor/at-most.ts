import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves when `work` has settled, at most `ms` later. */
export async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([work.catch(() => {}), sleep(ms, undefined, waiting).catch(() => {})])
  waiting.abort()
}
