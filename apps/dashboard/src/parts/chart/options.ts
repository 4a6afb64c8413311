import type uPlot from 'uplot'
import { timeMarks, valueMarks } from './axis.ts'
import { faint } from './colours.ts'
import { drawAbove, drawBehind } from './draw.ts'
import { isTouched } from './gestures.ts'
import type { ChartProps, ChartState } from './props.ts'

const font = '12px system-ui, sans-serif'
const lineColours = ['line-1', 'line-2', 'line-3', 'line-4'] as const

/** The uPlot options of the chart. */
export function optionsFor(now: () => ChartState, width: number, height: number, flat: number, hooks: uPlot.Hooks.Arrays): uPlot.Options {
  const { colours, props } = now()
  const axis = {
    font,
    stroke: colours.quiet,
    grid: { stroke: faint(colours.quiet, 0.16), width: 1 },
    ticks: { show: false },
  }
  const main = colours[lineColours[0]]
  return {
    width,
    height,
    ms: 1,
    padding: [6, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 8 },
      // After a tap a resting mouse elsewhere also reports that it left; the tapped value stays.
      bind: { mouseleave: (_plot, over, leave) => (event) => (isTouched(over) ? null : leave(event)) },
      // The readout shows the ends of the band; they have no dots.
      points: { size: (_, index) => (isBand(index) ? 0 : 9), width: (_, index) => (isBand(index) ? 0 : 2), fill: colours.card },
      ...(props.sync === undefined ? {} : { sync: { key: props.sync, setSeries: false } }),
    },
    scales: {
      x: { time: true, range: () => [now().props.from, now().props.to] },
      y: { range: (_, min, max) => rangeOf(min, max, flat, now().props) },
    },
    axes: [
      { ...axis, space: 70, size: 30, values: (_, marks, _axis, _space, step) => timeMarks(marks, step) },
      { ...axis, size: 52, values: (_, marks, _axis, _space, step) => valueMarks(marks, step) },
    ],
    series: [
      {},
      { ...line(main, 2), label: 'mean' },
      { label: 'min', points: { show: false } },
      { label: 'max', points: { show: false } },
      ...props.lines.slice(1).map(({ label }, i) => ({
        ...line(colours[lineColours[i + 1] ?? 'quiet'], 1.5),
        dash: [6, 4],
        label,
      })),
    ],
    bands: [{ series: [3, 2], fill: faint(main, 0.18) }],
    hooks: { ...hooks, drawClear: [(plot) => drawBehind(plot, now())], draw: [(plot) => drawAbove(plot, now())] },
  }
}

const isBand = (index: number) => index === 2 || index === 3

/** A line; a single point between two gaps is drawn as a dot. */
function line(stroke: string, width: number): uPlot.Series {
  return {
    stroke,
    width,
    points: {
      size: 5,
      fill: stroke,
      filter: (plot, index, isShown) => {
        const values = plot.data[index] ?? []
        if (isShown) return null
        const alone: number[] = []
        for (let i = 0; i < values.length; i += 1) {
          if (values[i] != null && values[i - 1] == null && values[i + 1] == null) alone.push(i)
        }
        return alone
      },
    },
  }
}

/** The range of the value axis: with margins, not smaller than `flat`, and including limits nearby. */
function rangeOf(min: number | null, max: number | null, flat: number, { limits = [] }: ChartProps): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1]
  const middle = (min + max) / 2
  const half = Math.max((max - min) / 2, flat / 2)
  let [low, high] = [middle - half * 1.15, middle + half * 1.15]
  for (const { shown } of limits) {
    if (shown > high && shown < high + half) high = shown + half * 0.15
    if (shown < low && shown > low - half) low = shown - half * 0.15
  }
  return [low, high]
}
