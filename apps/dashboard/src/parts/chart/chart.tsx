import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { language } from '../../words/language.ts'
import { degrees, differenceToShown, toShown } from '../../words/numbers.ts'
import './chart.css'
import { colours } from './colours.ts'
import { watchFingers } from './gestures.ts'
import { watchKeys } from './keys.ts'
import { signName, signsIn } from './legend.ts'
import { optionsFor } from './options.ts'
import { watchPicks } from './pick.ts'
import { columns } from './points.ts'
import type { ChartProps, ChartState } from './props.ts'
import { Readout } from './readout.tsx'

/** Smallest range of the value axis, in the quantity's unit */
const flat: Record<string, number> = { '°C': 1, '%': 4, hPa: 3, ppm: 100 }

/** One quantity over time. */
export function Chart(props: ChartProps) {
  const { lines, unit, height = 260 } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const at = useSignal<number | null>(null)
  // A change of theme, language or degrees creates the chart anew.
  const look = useComputed(() => ({ colours: colours(), language: language.value, degrees: degrees.value })).value
  const now = useRef<ChartState>({ props, colours: look.colours })
  now.current = { props, colours: look.colours }

  useEffect(() => {
    const { current } = box
    if (current === null) return
    const zoom = (from: number, to: number) => now.current.props.onZoom?.(from, to)
    const reset = () => now.current.props.onReset?.()
    const options = optionsFor(() => now.current, current.clientWidth, height, differenceToShown(flat[unit] ?? 1e-6, unit), {
      setCursor: [
        (made) => {
          const { left = -1 } = made.cursor
          at.value = left < 0 ? null : made.posToVal(left, 'x')
        },
      ],
      setSelect: [
        (made) => {
          const { left, width } = made.select
          if (width < 8) return
          made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          zoom(made.posToVal(left, 'x'), made.posToVal(left + width, 'x'))
        },
      ],
    })
    const made = new uPlot(options, dataOf(now.current.props), current)
    plot.current = made
    made.over.addEventListener('dblclick', reset)
    watchFingers(made, { onZoom: zoom, onReset: reset })
    watchKeys(current, made, { onReset: reset })
    watchPicks(current, made, { onPick: (value, time) => now.current.props.onPick?.(value, time) })
    const observer = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height }))
    observer.observe(current)
    now.current.props.onDrawn?.(made.ctx.canvas)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [look, unit, height, lines.length, props.sync])

  useEffect(() => plot.current?.setData(dataOf(props)), [lines, props.from, props.to, props.spans, props.limits, props.notes])

  return (
    <figure class="chart">
      <Readout {...props} at={at.value} />
      {/* The chart is drawn after the first layout; without the height the page would shrink and grow. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read off the values */}
      <div ref={box} class="chart-box" style={{ minHeight: `${height}px` }} role="img" aria-label={props.label} tabIndex={0} />
      <Legend {...props} />
    </figure>
  )
}

/** The meaning of bands and hatching. */
function Legend(props: ChartProps) {
  const signs = signsIn(props)
  if (signs.length === 0) return null
  return (
    <ul class="legend small quiet">
      {signs.map((sign) => (
        <li key={sign} class={`sign ${sign}`}>
          {signName(sign)}
        </li>
      ))}
    </ul>
  )
}

/** Joins the lines on one column of times, as uPlot needs it. */
function dataOf({ lines, unit }: ChartProps): uPlot.AlignedData {
  const convert = (value: number) => toShown(value, unit)
  const [first, ...others] = lines.map((line) => columns(line, line.shift ?? 0, convert))
  if (first === undefined) return [[], [], [], []]
  if (others.length === 0) return first
  // A null interrupts its own line only, not the other line.
  const expand: uPlot.JoinNullMode[] = [2, 2, 2, 2]
  return uPlot.join(
    [first, ...others.map(([times, means]): uPlot.AlignedData => [times, means])],
    [first, ...others].map(() => expand),
  )
}
