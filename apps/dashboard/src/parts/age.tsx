import { second } from '../monitor/clock.ts'
import { age, moment } from '../words/times.ts'

/** The age of a time, updated every second. @param time ms */
export function Age({ time }: { time: number }) {
  return (
    <time dateTime={new Date(time).toISOString()} title={moment(time)}>
      {age(second.value - time)}
    </time>
  )
}
