/** A reading that may still be the lowest (highest) of its window. */
export type Point = readonly [time: number, value: number]

const mostPoints = 100

/**
 * The change of a series within the window: the newest value less the lowest one for `rises`, the highest one less the newest for `falls`.
 *
 * A point is kept only while it is lower (higher) than all later ones, so a steady series keeps one or two points.
 * Beyond a hundred, the points are thinned evenly. The change may then be too small by a hundredth, and is never too large.
 * @param points of the earlier readings, in order of time
 * @param time ms; if it is before the last point, the clock was set back and the earlier points are dropped
 * @param window ms
 * @returns the points to keep, and the change, which is never negative
 */
export function changeWithin(
  points: readonly Point[],
  [time, value]: Point,
  window: number,
  rises: boolean,
): [points: readonly Point[], change: number] {
  const sign = rises ? 1 : -1
  const wasSetBack = time < (points.at(-1)?.[0] ?? time)
  const kept = wasSetBack ? [] : points.filter(([then, was]) => then >= time - window && sign * was < sign * value)
  kept.push([time, value])
  if (kept.length > mostPoints) kept.splice(nearest(kept), 1)
  return [kept, Math.abs(value - (kept[0]?.[1] ?? value))]
}

/** Index of the point that is nearest in time to the one before it; never the first or the last point. */
function nearest(points: readonly Point[]): number {
  let found = 1
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < points.length - 1; i += 1) {
    const gap = (points[i]?.[0] ?? 0) - (points[i - 1]?.[0] ?? 0)
    if (gap < least) [found, least] = [i, gap]
  }
  return found
}
