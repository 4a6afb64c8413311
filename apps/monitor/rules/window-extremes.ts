/** A reading that matters still. */
export type Point = readonly [time: number, value: number]

/** More of them are never kept: of those nearest to each other in time the later one goes. */
const most = 100

/**
 * By how much a series has risen (or fallen) within the window: the newest value less the lowest (highest) one before it.
 * Only readings that can still be the lowest are kept, that is those that are lower than all after them, so that a series
 * that stands still keeps one or two. Beyond a hundred they are thinned evenly: an amount may then be told as a
 * hundredth of the window's change too small, and never as too large.
 * @param points as they were before; in order of time
 * @param time ms; before the last one: the clock was put back, and what was known is nobody's now
 * @param window ms
 * @returns the points to keep, and the amount, which is never negative
 */
export function changeWithin(
  points: readonly Point[],
  [time, value]: Point,
  window: number,
  rises: boolean,
): [points: readonly Point[], amount: number] {
  const sign = rises ? 1 : -1
  const isOver = time < (points.at(-1)?.[0] ?? time)
  const kept = isOver ? [] : points.filter(([then, was]) => then >= time - window && sign * was < sign * value)
  kept.push([time, value])
  if (kept.length > most) kept.splice(nearest(kept), 1)
  return [kept, Math.abs(value - (kept[0]?.[1] ?? value))]
}

/** The point, neither the first nor the last, that is nearest to the one before it. */
function nearest(points: readonly Point[]): number {
  let found = 1
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < points.length - 1; i += 1) {
    const gap = (points[i]?.[0] ?? 0) - (points[i - 1]?.[0] ?? 0)
    if (gap < least) [found, least] = [i, gap]
  }
  return found
}
