import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { route } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { AddSensor } from './add/index.tsx'
import { Batteries } from './batteries.tsx'
import { DeviceCard } from './card.tsx'
import { DeviceView } from './device.tsx'
import './devices.css'
import { NotUnderstoodList } from './not-understood.tsx'
import { devices, load, loadSoon, wrong } from './state.ts'
import { say } from './words.ts'

/** ms between two reloads: heartbeats cause no event */
const rhythm = 5000

/** All devices and their state. */
export default function Devices() {
  const [id] = route.value.rest
  // Each new connection reloads, because events may have been missed.
  useEffect(() => void load(), [connections.value])
  useEffect(() => onEvent('status', loadSoon), [])
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && void load(), rhythm)
    return () => clearInterval(timer)
  }, [])
  const all = devices.value
  const chosen = all?.find((device) => device.id === id)
  if (all !== null && id !== undefined && chosen !== undefined) return <DeviceView key={id} device={chosen} />
  return (
    <>
      <div class="head">
        <h1>{frame().views.devices}</h1>
        <AddSensor />
      </div>
      <ErrorText of={wrong.value} />
      {all?.length === 0 && <p class="empty">{say().none}</p>}
      <Batteries />
      <NotUnderstoodList />
      <ul class="cards devices">
        {all?.map((device) => (
          <DeviceCard key={device.id ?? `/${device.room}`} device={device} />
        ))}
      </ul>
    </>
  )
}
