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
  /** No more runs; waits for the one under way. */
  stop(): Promise<void>
}

/**
 * Runs something on each point of the grid, one run at a time. Points that pass during a run, while the machine
 * sleeps or because the clock is set are left out: no run is made up for.
 * @param run gets the point, which is the time stamp. What it throws is a bug of ours and ends the program.
 */
export function startSchedule(
  { interval, offset = 0 }: { interval: number; offset?: number },
  now: () => number,
  run: (tick: number) => Promise<void>,
): Schedule {
  let last: number | null = null
  let tick = nextTick(now(), last, interval, offset)
  let timer: NodeJS.Timeout
  let running = Promise.resolve()
  let stopped = false

  function wait() {
    timer = setTimeout(wake, Math.min(Math.max(tick - now(), 0), longestWait))
  }

  async function wake() {
    if (isDue(now(), tick, interval)) {
      last = tick
      running = run(tick)
      await running
    }
    if (stopped) return
    tick = nextTick(now(), last, interval, offset)
    wait()
  }

  wait()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
