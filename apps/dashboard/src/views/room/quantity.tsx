import type { Alert } from '@hearthwatch/api/alerts'
import { isBattery, isLowBattery } from '@hearthwatch/api/battery'
import type { Note } from '@hearthwatch/api/notes'
import type { Room } from '@hearthwatch/api/rooms'
import { useSignal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import { now } from '../../monitor/ask.ts'
import { Chart } from '../../parts/chart/chart.tsx'
import { colours } from '../../parts/chart/colours.ts'
import { signName, signsIn } from '../../parts/chart/legend.ts'
import type { Line } from '../../parts/chart/props.ts'
import { summaryOf } from '../../parts/chart/readout.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { LowBattery } from '../../parts/low-battery.tsx'
import { TodayRange } from '../../parts/today-range.tsx'
import type { Fixed, Window } from '../../words/calendar.ts'
import { language } from '../../words/language.ts'
import { degrees, figure, limitWithUnit, shownUnit, toShown } from '../../words/numbers.ts'
import { problem } from '../../words/problem.ts'
import { quantityName } from '../../words/quantities.ts'
import { AlertHere } from './alert-here.tsx'
import { type LimitRule, limitsFor } from './limits.ts'
import { pictureOf, save } from './picture.ts'
import { type Comparison, distanceOf } from './span.ts'
import { useSeries } from './use-series.ts'
import { windowName } from './window-name.ts'
import { say } from './words.ts'

export interface QuantityProps {
  room: string
  /** The display name. */
  name: string
  quantity: string
  current: Room['quantities'][string]
  window: Window | Fixed
  /** Changes when other readings are shown, but not while the window moves on with the time. */
  series: string
  /** The window ends before now. */
  isPast: boolean
  comparison: Comparison
  comparedName: string
  alerts: readonly Alert[]
  rules: readonly LimitRule[]
  notes: readonly Note[]
  onZoom(window: Window): void
  onReset(): void
  /** A person wants to write a note at this time. */
  onNote(time: number): void
}

export function Quantity(props: QuantityProps) {
  const { room, name, quantity, current, window, isPast, comparison, comparedName, alerts, rules, notes, onZoom, onReset, onNote } = props
  const { unit } = current
  const key = JSON.stringify([room, quantity, props.series])
  const { from, to } = window
  const { series, error } = useSeries({ room, quantity, from, to, isLive: !isPast }, key)
  const shift = comparison.kind === 'before' ? distanceOf(comparison.shift, window) : 0
  const compared = comparison.kind === 'none' ? null : comparison
  const other = useSeries(
    compared && {
      room: compared.kind === 'room' ? compared.room : room,
      quantity,
      from: from - shift,
      to: to - shift,
      isLive: !isPast && compared.kind === 'room',
    },
    JSON.stringify([compared, key]),
  )
  const picked = useSignal<{ shown: number; time: number } | null>(null)
  const canvas = useRef<HTMLCanvasElement | null>(null)

  const lines = useMemo(() => {
    const made: Line[] = series === null ? [] : [{ label: name, ...series }]
    if (compared && other.series) made.push({ label: comparedName, shift, ...other.series })
    return made
  }, [series, other.series, name, comparedName, shift])
  const shownAlerts = useMemo(
    () =>
      alerts
        .filter((alert) => alert.fired !== null && (alert.quantity === null || alert.quantity === quantity))
        .map(({ started, resolved, severity }) => ({ from: started, to: resolved ?? now(), severity })),
    [alerts, quantity, to],
  )
  const limits = useMemo(
    () =>
      limitsFor(rules, room, quantity).map(({ value, side, severity }) => ({
        shown: toShown(value, unit),
        text: `${say().limit[side]} ${limitWithUnit(value, unit)}`,
        severity,
      })),
    [rules, room, quantity, unit, degrees.value, language.value],
  )

  const title = quantityName(quantity)
  const isLow = isLowBattery(quantity, current.value)
  const isEmpty = series !== null && series.points.length === 0 && !other.series?.points.length
  return (
    <section class="card quantity" aria-labelledby={`quantity-${quantity}`}>
      <div class="row quantity-head">
        <h2 id={`quantity-${quantity}`}>
          <Foreign text={title} />
        </h2>
        {/* The current value is no part of a past day. */}
        {!isPast && (
          <p class={['quantity-now', current.stale && 'quiet', isLow && 'is-low'].filter(Boolean).join(' ')}>
            {isLow && <LowBattery />}
            {figure(current.value, unit)}&#x202f;<span class="quiet">{shownUnit(unit)}</span>
          </p>
        )}
        {!isPast && !isBattery(quantity) && <TodayRange room={room} quantity={quantity} unit={unit} />}
        <button
          type="button"
          class="button quantity-save"
          disabled={lines.length === 0}
          title={say().pngTitle(title)}
          onClick={savePicture}
        >
          <Icon name="download" size={16} />
          {say().png}
        </button>
      </div>
      {error !== null && <p class="error">{say().notLoaded(problem(error))}</p>}
      {series === null && error === null && <p class="quantity-none quiet">{say().loading}</p>}
      {isEmpty && <p class="quantity-none quiet">{say().noReadings}</p>}
      {series !== null && !isEmpty && (
        <Chart
          label={say().chart(title, name, windowName(window))}
          unit={unit}
          from={from}
          to={to}
          now={now()}
          lines={lines}
          spans={shownAlerts}
          limits={limits}
          notes={notes}
          sync="room"
          onZoom={(from, to) => onZoom({ from, to })}
          onReset={() => {
            picked.value = null
            onReset()
          }}
          onPick={(shown, time) => (picked.value = { shown, time })}
          onDrawn={(drawn) => {
            canvas.current = drawn
          }}
        />
      )}
      {picked.value !== null && (
        <AlertHere room={room} quantity={quantity} unit={unit} {...picked.value} onNote={() => picked.value && onNote(picked.value.time)} />
      )}
    </section>
  )

  function savePicture(): void {
    if (canvas.current === null) return
    const what = `${title}${unit === '' ? '' : ` (${shownUnit(unit)})`}`
    const picture = pictureOf({
      chart: canvas.current,
      title: [name, what, windowName(window)].join(' · '),
      legend: [
        ...lines.map((line, i) => ({ line: i, text: `${line.label}: ${summaryOf(line, unit, from, to)}` })),
        ...signsIn({ lines, spans: shownAlerts, from, to, now: now() }).map((sign) => ({ sign, text: signName(sign) })),
      ],
      colours: colours(),
    })
    picture.toBlob((blob) => blob && save(blob, `${name}-${title}-${windowName(window)}.png`))
  }
}
