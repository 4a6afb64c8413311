/** The longest wait in one go (ms): the clock may be set meanwhile, and a timer does not know. */
const longestWait = 30_000
/** Who comes later than this (ms) does not take the reading any more: it would carry a time at which nobody looked. */
const mostLate = 1000

/**
 * The next point of the wall-clock grid: the multiples of `interval` since the epoch, moved by `offset`.
 * @param now ms since the epoch
 * @param last the point that was served last, which is never served twice when the clock is put back a little; null
 *   where there was none
 * @param interval whole ms
 */
export function nextTick(now: number, last: number | null, interval: number, offset = 0): number {
  const next = (Math.floor((now - offset) / interval) + 1) * interval + offset
  const putBackALittle = last !== null && next <= last && last - next < interval
  return putBackALittle ? last + interval : next
}

/** Whether `tick` can still be served `now`: it is the newest point of the grid, and not long ago. */
export function isDue(now: number, tick: number, interval: number): boolean {
  return now >= tick && now - tick < Math.min(interval, mostLate)
}

export interface Schedule {
  /** Another grid from now on; a run that is under way ends as it began. */
  change(grid: Grid): void
  /** No more runs; waits for the one under way. */
  stop(): Promise<void>
}

/** ms */
export interface Grid {
  interval: number
  offset?: number
}

/**
 * Runs something on each point of the grid, one run at a time. Points that pass during a run, while the machine
 * sleeps or because the clock is set are left out: no run is made up for.
 * @param run gets the point, which is the time stamp. What it throws is a bug of ours and ends the program.
 */
export function startSchedule(grid: Grid, now: () => number, run: (tick: number) => Promise<void>): Schedule {
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
    change(next) {
      interval = next.interval
      offset = next.offset ?? 0
      // A run that is under way looks at the new grid when it is through.
      if (busy || stopped) return
      clearTimeout(timer)
      tick = nextTick(now(), last, interval, offset)
      wait()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
