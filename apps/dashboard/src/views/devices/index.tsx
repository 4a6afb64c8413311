import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { fresh } from '../../monitor/state.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { route } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { DeviceCard } from './card.tsx'
import { DeviceView } from './device.tsx'
import './devices.css'
import { devices, load, loadSoon, wrong } from './state.ts'
import { say } from './words.ts'

/** Nobody tells of heartbeats; they are asked for. ms */
const rhythm = 5000

/** Who reports, and how each of them is. */
export default function Devices() {
  const [id] = route.value.rest
  // Whenever the page has been cut off it looks for what it missed.
  useEffect(() => void load(), [fresh.value])
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
      </div>
      <ErrorText of={wrong.value} />
      {all?.length === 0 && <p class="empty">{say().none}</p>}
      <ul class="devices">
        {all?.map((device) => (
          <DeviceCard key={device.id ?? `/${device.room}`} device={device} />
        ))}
      </ul>
    </>
  )
}
