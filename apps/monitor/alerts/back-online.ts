import { type Life, silenceLimit } from '../rules/offline-machine.ts'

export type Lives = ReturnType<typeof createLives>

/**
 * Since when each device has been there without a pause, as far as this process has seen it. One that was away has its
 * readings still to say when it says that it is back: none of them is missed for the time in which all of it was.
 * @param offlineAfter ms
 */
export function createLives(offlineAfter: number) {
  const back = new Map<string, number>()
  return {
    /** A sign of life, before it is taken into account. */
    sign(life: Life & { key: string }, at: number): void {
      const pause = at - (life.seen ?? Number.NEGATIVE_INFINITY)
      if (pause > (silenceLimit(life, offlineAfter) ?? offlineAfter)) back.set(life.key, at)
    },

    /** ms; 0: for longer than we know. */
    since: (key: string): number => back.get(key) ?? 0,
  }
}
