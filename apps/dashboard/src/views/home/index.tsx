import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLasting } from '../../frame/lasting.ts'
import { checklist } from '../../monitor/checklist.ts'
import { link, session } from '../../monitor/session.ts'
import { asOf, isRemembered, rooms } from '../../monitor/state.ts'
import { Icon } from '../../parts/icon.tsx'
import { Untold } from '../../parts/untold.tsx'
import { frame } from '../../words/frame.ts'
import { minute } from '../../words/times.ts'
import { Alerts } from './alerts.tsx'
import './home.css'
import { href } from '../../route.ts'
import { Tile } from './tile.tsx'
import { say } from './words.ts'

export default function Home() {
  const all = rooms.value
  const isLost = useLasting(link.value === 'lost', 1500) || isRemembered.value
  return (
    <>
      <div class="head">
        <h1>{frame().views.home}</h1>
        {all !== null && all.length > 0 && (
          <p class="quiet home-count">{say().online(all.filter(({ status }) => status === 'online').length, all.length)}</p>
        )}
        {all !== null && all.length > 0 && session.value !== null && <Arrange />}
      </div>
      {isRemembered.value && link.value === 'lost' && asOf.value !== null && (
        <p class="quiet remembered">{frame().remembered(minute(asOf.value))}</p>
      )}
      <Untold />
      <Alerts />
      {all === null && <p class="empty waiting">{frame().loading}</p>}
      {all !== null && all.length === 0 && <Empty />}
      {all !== null && all.length > 0 && (
        <section aria-label={say().rooms}>
          <ul class={isLost ? 'rooms is-lost' : 'rooms'}>
            {all.map((room) => (
              <Tile key={room.room} room={room} />
            ))}
          </ul>
        </section>
      )}
      <FirstSteps />
    </>
  )
}

/** The first steps, shown while no sensor has reported. */
function Empty() {
  return (
    <div class="empty">
      <p>
        <strong>{say().empty}</strong>
      </p>
      <p>{say().emptyText}</p>
      <a class="button primary" href={`${href('devices')}?add`}>
        <Icon name="plus" size={18} />
        {say().addSensor}
      </a>
    </div>
  )
}

/** The checklist until it is done or put away; loaded on demand. */
function FirstSteps() {
  const view = useSignal<ComponentType | null>(null)
  const list = checklist.value
  const isOpen = list !== null && !list.putAway && list.steps.some(({ done }) => !done)
  useEffect(() => {
    if (isOpen && view.value === null) void import('./checklist.tsx').then((loaded) => (view.value = loaded.default))
  }, [isOpen])
  const List = view.value
  return isOpen && List ? <List /> : null
}

/** Loaded on demand. */
function Arrange() {
  const dialog = useSignal<ComponentType<{ onClose(): void }> | null>(null)
  const open = async () => {
    dialog.value = (await import('./arrange.tsx')).default
  }
  const Dialog = dialog.value
  return (
    <>
      <button type="button" class="button" onClick={() => void open()}>
        <Icon name="edit" size={18} />
        {say().arrange}
      </button>
      {Dialog && (
        <Dialog
          onClose={() => {
            dialog.value = null
          }}
        />
      )}
    </>
  )
}
