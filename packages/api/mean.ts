/** Steps on each side of a step that tell what is usual there. */
const neighbours = 5
/** A longer step than this many usual ones is a pause. */
const pause = 3

/**
 * The usual step around the step from piece `i - 1` to piece `i`, on the side where steps are longer.
 * A sensor may report each minute today and each quarter of an hour tomorrow.
 * @param starts of readings or of buckets, in order, ms
 * @returns ms; 0: there is no other step
 */
export function usualStep(starts: readonly number[], i: number): number {
  return Math.max(median(starts, i - neighbours, i), median(starts, i + 1, i + 1 + neighbours))
}

/** The median of the steps to the pieces `from` to `to`, exclusive. */
function median(starts: readonly number[], from: number, to: number): number {
  const steps: number[] = []
  for (let i = Math.max(1, from); i < Math.min(to, starts.length); i += 1) steps.push(step(starts, i))
  steps.sort((a, b) => a - b)
  return steps[steps.length >> 1] ?? 0
}

const step = (starts: readonly number[], i: number) => (starts[i] ?? 0) - (starts[i - 1] ?? 0)

/**
 * The time for which each piece counts in a mean, ms: until the next one begins. Before a pause it counts for the usual step.
 * The last one counts for as long as the one before it if that is as wide.
 * @param starts of readings or of buckets, in order, ms
 * @param widthOf ms of bucket `i`; 0 for a reading
 */
export function weigh(starts: readonly number[], widthOf: (i: number) => number): number[] {
  const weights: number[] = []
  for (let i = 1; i < starts.length; i += 1) {
    const until = step(starts, i)
    const width = Math.max(widthOf(i - 1), 1)
    // Most steps are no longer than a bucket: the steps around need not be known.
    const usual = until <= pause * width ? width : Math.max(usualStep(starts, i), width)
    weights.push(Math.max(until <= pause * usual ? until : usual, 1))
  }
  const last = widthOf(starts.length - 1)
  weights.push(widthOf(starts.length - 2) === last ? (weights.at(-1) ?? 1) : Math.max(last, 1))
  return weights
}

/** A mean that grows piece by piece. Finite, even of the largest numbers. */
export class Mean {
  value = 0
  weight = 0

  add(value: number, weight: number): void {
    this.weight += weight
    const share = weight / this.weight
    this.value = this.value * (1 - share) + value * share
  }
}
