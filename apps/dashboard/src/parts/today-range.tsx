import { useMemo } from 'preact/hooks'
import type { Moment } from '../monitor/day-range.ts'
import { recent } from '../monitor/recent.ts'
import { frame } from '../words/frame.ts'
import { figureWithUnit } from '../words/numbers.ts'
import { clock } from '../words/times.ts'
import './today-range.css'

/** The lowest and the highest value since midnight, with their times. */
export function TodayRange({ room, quantity, unit }: { room: string; quantity: string; unit: string }) {
  const today = useMemo(() => recent(room, quantity), [room, quantity]).value?.today
  // Its place is kept while it is loaded.
  if (today == null) return <p class="today-range">&nbsp;</p>
  return (
    <p class="quiet today-range">
      <span class="unseen">{frame().today}</span>
      <Extreme name={frame().lowest} sign="↓" moment={today.min} unit={unit} />
      <Extreme name={frame().highest} sign="↑" moment={today.max} unit={unit} />
    </p>
  )
}

function Extreme({ name, sign, moment: [time, value], unit }: { name: string; sign: string; moment: Moment; unit: string }) {
  return (
    <span>
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{name}</span> <strong>{figureWithUnit(value, unit)}</strong>{' '}
      <time dateTime={new Date(time).toISOString()}>{clock(time)}</time>
    </span>
  )
}
