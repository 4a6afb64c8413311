import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLasting } from '../../frame/lasting.ts'
import { checklist } from '../../monitor/checklist.ts'
import { isLoading, listed, listedRooms } from '../../monitor/room-pages.ts'
import { house, isLarge, rooms } from '../../monitor/rooms.ts'
import { link, session } from '../../monitor/session.ts'
import { asOf, isRemembered } from '../../monitor/state.ts'
import { Icon } from '../../parts/icon.tsx'
import { Untold } from '../../parts/untold.tsx'
import { frame } from '../../words/frame.ts'
import { preference } from '../../words/preference.ts'
import { minute } from '../../words/times.ts'
import { Alerts } from './alerts.tsx'
import { chosenRooms, manyRooms } from './choose.ts'
import './home.css'
import { href } from '../../route.ts'
import { More, useLargeList } from './large.tsx'
import { Rooms } from './rooms.tsx'
import { say } from './words.ts'

const sortPreference = preference('sort', ['own', 'trouble'])

export default function Home() {
  const all = rooms.value
  const search = useSignal('')
  const isMany = all !== null && all.length >= manyRooms
  const isByTrouble = sortPreference.value === 'trouble'
  useLargeList(isByTrouble ? 'trouble' : 'home', search.value)
  const shown = isLarge.value ? listedRooms() : isMany ? chosenRooms(all, search.value, isByTrouble) : (all ?? [])
  const total = isLarge.value ? house.value.total : (all?.length ?? 0)
  const online = isLarge.value ? house.value.online : all?.filter(({ status }) => status === 'online').length
  const isLost = useLasting(link.value === 'lost', 1500) || isRemembered.value
  return (
    <>
      <div class="head">
        <h1>{frame().views.home}</h1>
        {all !== null && all.length > 0 && <p class="quiet home-count">{say().online(online ?? 0, total)}</p>}
        {all !== null && all.length > 0 && (
          <a class="button home-wall" href={href('wall')}>
            <Icon name="wall" size={18} />
            {frame().views.wall}
          </a>
        )}
        {all !== null && all.length > 0 && session.value !== null && !isLarge.value && <Arrange />}
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
          {isMany && <Search text={search.value} isByTrouble={isByTrouble} onType={(typed) => (search.value = typed)} />}
          <Rooms rooms={shown} isGrouped={!(isMany && isByTrouble)} isLost={isLost} />
          {shown.length === 0 && <p class="empty">{isLarge.value && isLoading.value ? frame().loading : say().noRoomFound}</p>}
          {isLarge.value && <More shown={shown.length} found={listed.value.found} />}
        </section>
      )}
      <FirstSteps />
    </>
  )
}

/** Finds a room among many, and sorts them. */
function Search({ text, isByTrouble, onType }: { text: string; isByTrouble: boolean; onType(text: string): void }) {
  return (
    <div class="row home-search">
      <input
        type="search"
        aria-label={say().search}
        placeholder={say().search}
        value={text}
        onInput={(event) => onType(event.currentTarget.value)}
      />
      <button
        type="button"
        class="chip"
        aria-pressed={isByTrouble}
        onClick={() => (sortPreference.value = isByTrouble ? 'own' : 'trouble')}
      >
        {say().byTrouble}
      </button>
    </div>
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
    if (isOpen && view.value === null)
      import('./checklist.tsx').then(
        (loaded) => (view.value = loaded.default),
        // The next visit tries again.
        () => {},
      )
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
