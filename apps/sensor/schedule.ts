/** The longest timer, ms. The clock may be set meanwhile, which a timer does not notice. */
const longestWait = 30_000
/** A tick is skipped after this (ms), because its reading would have the wrong time. */
const mostLate = 1000

/**
 * The next point of the wall-clock grid: the multiples of `interval` since the epoch, moved by `offset`.
 * @param now ms since the epoch
 * @param last the last served point, which is not served again when the clock is set back a little; null: none
 * @param interval whole ms
 */
export function nextTick(now: number, last: number | null, interval: number, offset = 0): number {
  const next = (Math.floor((now - offset) / interval) + 1) * interval + offset
  const setBackALittle = last !== null && next <= last && last - next < interval
  return setBackALittle ? last + interval : next
}

/** True if `tick` can still be served: it is the newest point of the grid and at most a second ago. */
export function isDue(now: number, tick: number, interval: number): boolean {
  return now >= tick && now - tick < Math.min(interval, mostLate)
}

export type Schedule = ReturnType<typeof startSchedule>

/** Points of time, ms. */
export interface Grid {
  interval: number
  offset?: number
}

/**
 * Calls `run` on each point of the grid, one run at a time. Points that pass during a run, while the machine sleeps or
 * because the clock is set are skipped.
 * @param run receives the point. An error of it is a bug and ends the program.
 */
export function startSchedule(grid: Grid, now: () => number, run: (tick: number) => Promise<void>) {
  let { interval, offset = 0 } = grid
  let last: number | null = null
  let tick = nextTick(now(), last, interval, offset)
  let timer: NodeJS.Timeout
  let running = Promise.resolve()
  let busy = false
  let stopped = false

  function wait() {
    timer = setTimeout(wake, Math.min(Math.max(tick - now(), 0), longestWait))
  }

  async function wake() {
    if (isDue(now(), tick, interval)) {
      last = tick
      busy = true
      running = run(tick)
      await running
      busy = false
    }
    if (stopped) return
    tick = nextTick(now(), last, interval, offset)
    wait()
  }

  wait()
  return {
    /** Uses another grid from now on. The current run is not interrupted. */
    change(next: Grid): void {
      interval = next.interval
      offset = next.offset ?? 0
      // The current run uses the new grid when it ends.
      if (busy || stopped) return
      clearTimeout(timer)
      tick = nextTick(now(), last, interval, offset)
      wait()
    },
    /** Begins no more runs, and waits for the current one. */
    stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
