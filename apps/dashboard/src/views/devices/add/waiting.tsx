import type { SensorState } from '@hearthwatch/api/sensors'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../../monitor/ask.ts'
import { refreshSoon } from '../../../monitor/state.ts'
import { ErrorText } from '../../../parts/error-text.tsx'
import { Foreign } from '../../../parts/foreign.tsx'
import { href } from '../../../route.ts'
import { roomName } from '../../../words/alert-sentence.ts'
import { figureWithUnit } from '../../../words/numbers.ts'
import { quantityName } from '../../../words/quantities.ts'
import { unitOf } from '../../../words/units.ts'
import { load } from '../state.ts'
import { say } from './words.ts'

/** ms between two questions */
const rhythm = 1000

/** A tile that shows the first reading of the sensor, and until then what is wrong. */
export function Waiting({ id, room }: { id: string; room: string }) {
  const state = useSignal<SensorState | null>(null)
  const wrong = useSignal<unknown>(null)
  const reading = state.value?.reading ?? null
  useEffect(() => {
    if (reading !== null) {
      refreshSoon()
      void load()
      return
    }
    const look = () =>
      ask<SensorState>(`api/sensors/${id}`).then(
        (answer) => {
          state.value = answer
          wrong.value = null
        },
        (error) => {
          wrong.value = error
        },
      )
    void look()
    const timer = setInterval(look, rhythm)
    return () => clearInterval(timer)
  }, [id, reading !== null])

  if (reading === null)
    return (
      <div class="add-tile is-waiting" role="status">
        <strong>{say().waiting}</strong>
        <p class="small">{problemOf(state.value)}</p>
        <ErrorText of={wrong.value} />
      </div>
    )
  const [, , quantity = ''] = reading.topic.split('/')
  const value = Number(reading.text)
  return (
    <div class="add-tile" role="status">
      <span>
        <Foreign text={roomName(room)} /> · {quantityName(quantity)}
      </span>
      <strong class="add-value">{Number.isNaN(value) ? reading.text : figureWithUnit(value, unitOf(quantity))}</strong>
      <a href={href('room', room)}>{say().showRoom}</a>
    </div>
  )
}

/** The newest of the events explains best what is missing. */
function problemOf(state: SensorState | null): string {
  const { connected = null, refused = null, denied = null } = state ?? {}
  const newest = Math.max(connected?.time ?? 0, refused?.time ?? 0, denied?.time ?? 0)
  if (newest === 0) return say().notConnected
  if (denied?.time === newest) return say().denied(denied.topic, state?.rooms ?? [])
  if (refused?.time === newest) return say().refused(refused.address)
  return say().connected
}
