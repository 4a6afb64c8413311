import type { Presence as Days } from '@hearthwatch/api/devices'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { number } from '../../words/numbers.ts'
import { date } from '../../words/times.ts'
import { presenceOf } from './state.ts'
import { say } from './words.ts'

/** From this share of a day on it counts as present, and as partly present. */
const [whole, part] = [0.98, 0.5]

const percent = (share: number) => number(share, { style: 'percent', maximumFractionDigits: 1 })
/** Noon of UTC is the same date almost everywhere. */
const dayName = (day: string) => date(Date.parse(`${day}T12:00:00Z`), { dateStyle: 'medium' })
const lookOf = (share: number | null) => (share === null ? '' : share >= whole ? 'good' : share >= part ? 'partly' : 'bad')

/** The last 90 days of a device, a bar each. */
export function Presence({ id }: { id: string }) {
  const days = useSignal<Days | null>(null)
  useEffect(() => {
    presenceOf(id).then(
      (found) => (days.value = found),
      () => {},
    )
  }, [id])
  const known = (days.value ?? []).flatMap(({ share }) => (share === null ? [] : [share]))
  if (days.value !== null && known.length === 0) return null
  const mean = known.reduce((sum, share) => sum + share, 0) / known.length
  return (
    <section class="card device-wide" aria-labelledby="presence">
      <h2 id="presence">{say().presence}</h2>
      {/* While it is loaded its place is kept, so that nothing moves. */}
      <p class="small">{known.length === 0 ? '\u00a0' : say().present(percent(mean), known.length)}</p>
      <div class="presence" aria-hidden="true">
        {days.value?.map(({ date: day, share }) => (
          <span key={day} class={lookOf(share)} title={`${dayName(day)}: ${share === null ? say().notYet : percent(share)}`} />
        ))}
      </div>
    </section>
  )
}
