import type { SensorState } from '@hearthwatch/api/sensors'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../../monitor/ask.ts'
import { onEvent } from '../../../monitor/events.ts'
import { roomOf } from '../../../monitor/rooms.ts'
import { ErrorText } from '../../../parts/error-text.tsx'
import { useShown } from '../../../parts/use-shown.ts'
import { load } from '../state.ts'
import { type FirstReading, Tile } from './tile.tsx'
import { say } from './words.ts'

/** ms between two questions */
const rhythm = 1000

/** The events of a login at the monitor's own broker, asked for until they suffice. */
function useLogin(id: string, isEnough: (state: SensorState) => boolean) {
  const state = useSignal<SensorState | null>(null)
  const wrong = useSignal<unknown>(null)
  const isDone = state.value !== null && isEnough(state.value)
  useEffect(() => {
    if (isDone) return
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
  }, [id, isDone])
  return { state: state.value, wrong: wrong.value, isDone }
}

/** Waits for the first reading of a login at the monitor's own broker, and shows until then what is wrong. */
export function WaitingForLogin({ id, room }: { id: string; room: string }) {
  const { state, wrong } = useLogin(id, (answer) => readingOf(answer, room) !== null)
  return (
    <Tile reading={readingOf(state, room)}>
      <p class="small">{problemOf(state)}</p>
      <ErrorText of={wrong} />
    </Tile>
  )
}

/** Waits until a program that speaks for many devices is connected, and shows until then what is wrong. */
export function WaitingForGateway({ id }: { id: string }) {
  const { state, wrong, isDone } = useLogin(id, ({ connected }) => connected !== null)
  useEffect(() => {
    if (isDone) void load()
  }, [isDone])
  return (
    <div class={isDone ? 'add-tile' : 'add-tile is-waiting'} role="status">
      <strong>{isDone ? say().gatewayConnected : say().waiting}</strong>
      {!isDone && <p class="small">{state?.refused ? say().refused(state.refused.address) : say().gatewayNotConnected}</p>}
      <ErrorText of={wrong} />
    </div>
  )
}

/** Waits for the first reading in a room of a sensor that is not there yet: the monitor does not know the login. */
export function WaitingForRoom({ room }: { room: string }) {
  const first = useSignal<FirstReading | null>(null)
  useShown([room])
  useEffect(() => {
    const present = roomOf(room)
    const isNameless = present !== undefined && present.devices.length === 0
    return onEvent('reading', (reading) => {
      const { device } = reading
      const isKnown = device === null ? isNameless : present?.devices.includes(device) === true
      if (reading.room === room && first.value === null && !isKnown) first.value = reading
    })
  }, [room])
  return <Tile reading={first.value} />
}

/** A payload that is no number is no reading. */
function readingOf(state: SensorState | null, room: string): FirstReading | null {
  const { topic = '', text = '' } = state?.reading ?? {}
  const [, , quantity = ''] = topic.split('/')
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isNaN(value) ? null : { room, quantity, value }
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
