import { useEffect, useRef } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { route } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { number } from '../../words/numbers.ts'
import { AddSensor } from './add/index.tsx'
import { Batteries } from './batteries.tsx'
import { DeviceCard } from './card.tsx'
import { DeviceView } from './device.tsx'
import './devices.css'
import { NotUnderstoodList } from './not-understood.tsx'
import { devices, load, loadMore, loadSoon, open, opened, rest, search, wrong } from './state.ts'
import { say } from './words.ts'

/** ms between two reloads: heartbeats cause no event */
const rhythm = 5000

/** ms without typing after which the monitor is asked */
const typed = 200

/** All devices and their state. */
export default function Devices() {
  const [id] = route.value.rest
  const reload = async () => {
    await load()
    await open(route.peek().rest[0]).catch(() => {})
  }
  // Each new connection reloads, because events may have been missed.
  useEffect(() => void reload(), [connections.value, id])
  useEffect(() => onEvent('status', loadSoon), [])
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && void reload(), rhythm)
    return () => clearInterval(timer)
  }, [])
  const all = devices.value
  const chosen = all?.find((device) => device.id === id) ?? (opened.value?.id === id ? opened.value : undefined)
  if (all !== null && id !== undefined && chosen !== undefined) return <DeviceView key={id} device={chosen} />
  return (
    <>
      <div class="head">
        <h1>{frame().views.devices}</h1>
        <AddSensor />
      </div>
      <ErrorText of={wrong.value} />
      {all?.length === 0 && search.value === '' && <p class="empty">{say().none}</p>}
      {(rest.value.total > (all?.length ?? 0) || search.value !== '') && <Search />}
      <Batteries />
      <NotUnderstoodList />
      <ul class="cards devices">
        {all?.map((device) => (
          <DeviceCard key={device.id ?? `/${device.room}`} device={device} />
        ))}
      </ul>
      {all?.length === 0 && search.value !== '' && <p class="empty">{say().noneFound}</p>}
      {rest.value.next !== null && all !== null && <More shown={all.length} />}
    </>
  )
}

/** Finds a device of a large house by its name or its room. */
function Search() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  return (
    <div class="row devices-search">
      <input
        type="search"
        aria-label={say().search}
        placeholder={say().search}
        value={search.value}
        onInput={(event) => {
          search.value = event.currentTarget.value
          clearTimeout(timer.current)
          timer.current = setTimeout(() => void load(), typed)
        }}
      />
    </div>
  )
}

function More({ shown }: { shown: number }) {
  const { wrong, isBusy, run } = useRequest()
  return (
    <p class="devices-more">
      <Action reads isBusy={isBusy.value} onAct={() => void run(loadMore)}>
        {say().more(number(shown), number(rest.value.found))}
      </Action>
      <ErrorText of={wrong.value} />
    </p>
  )
}
