/** A line through points; the slope is in units of the value a ms. */
export interface Fit {
  slope: number
  mean: { time: number; value: number }
}

/** The best fitting line through points, by least squares. At least two different times. */
export function fitLine(points: readonly (readonly [time: number, value: number])[]): Fit {
  const time = mean(points.map(([time]) => time))
  const value = mean(points.map(([, value]) => value))
  let above = 0
  let below = 0
  for (const [at, is] of points) {
    above += (at - time) * (is - value)
    below += (at - time) ** 2
  }
  return { slope: above / below, mean: { time, value } }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
