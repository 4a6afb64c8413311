import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useLasting } from '../../frame/lasting.ts'
import { second } from '../../monitor/clock.ts'
import { listed, listedRooms, showList } from '../../monitor/room-pages.ts'
import { house, isLarge, rooms } from '../../monitor/rooms.ts'
import { link } from '../../monitor/session.ts'
import { connections, isRemembered, pressing } from '../../monitor/state.ts'
import { AlertNotices } from '../../parts/alert-notices.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useShown } from '../../parts/use-shown.ts'
import { href, route } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { number } from '../../words/numbers.ts'
import { wallThemePreference } from '../../words/theme.ts'
import { clock } from '../../words/times.ts'
import { chosenRooms } from '../home/choose.ts'
import { columnsFor } from './grid.ts'
import { WallTile } from './tile.tsx'
import './wall.css'
import { say } from './words.ts'

/** For a tablet on the wall: the rooms alone, in large figures, those in trouble first. `#/wall/Upstairs` shows one group. */
export default function Wall() {
  const [group] = route.value.rest
  const all = rooms.value
  const isLost = useLasting(link.value === 'lost', 1500) || isRemembered.value
  useEffect(() => {
    if (isLarge.value) void showList({ order: 'trouble', search: '', group }).catch(() => {})
  }, [isLarge.value, group, connections.value])
  const shown = isLarge.value
    ? listedRooms().slice(0, mostTiles)
    : chosenRooms(all ?? [], '', true).filter((room) => group === undefined || room.group === group)
  useShown(isLarge.value ? shown.map(({ room }) => room) : [])
  const groups = isLarge.value ? house.value.groups : [...new Set((all ?? []).flatMap((room) => room.group ?? []))]
  const list = useRef<HTMLUListElement>(null)
  const columns = useSignal(1)
  const isWaiting = all === null
  useEffect(() => {
    const { current } = list
    if (current === null) return
    const fit = () => {
      const { width, top } = current.getBoundingClientRect()
      columns.value = columnsFor(shown.length, width, innerHeight - top - scrollY)
    }
    fit()
    const observer = new ResizeObserver(fit)
    observer.observe(document.documentElement)
    return () => observer.disconnect()
  }, [shown.length, isWaiting])
  return (
    <div class="wall">
      <h1 class="unseen">{say().title}</h1>
      <Bar groups={groups} group={group} />
      <AlertNotices alerts={pressing.value} />
      {all === null && <p class="empty waiting">{frame().loading}</p>}
      {all?.length === 0 && <p class="empty">{say().none}</p>}
      <ul ref={list} class={isLost ? 'wall-rooms is-lost' : 'wall-rooms'} style={{ '--columns': columns.value }}>
        {shown.map((room) => (
          <WallTile key={room.room} room={room} />
        ))}
      </ul>
      {isLarge.value && listed.value.found > shown.length && (
        <p class="quiet wall-others">{say().others(number(listed.value.found - shown.length))}</p>
      )}
    </div>
  )
}

/** Tiles of a large house: no wall has room for more. */
const mostTiles = 60

/** The time, the groups, and quiet buttons. */
function Bar({ groups, group }: { groups: readonly string[]; group: string | undefined }) {
  const isDark = wallThemePreference.value === 'dark'
  return (
    <div class="row wall-bar">
      <p class="wall-clock">{clock(second.value)}</p>
      {groups.length > 0 && (
        <nav class="chips" aria-label={say().groups}>
          {[undefined, ...groups].map((name) => (
            <a
              key={name ?? ''}
              class="chip"
              aria-current={name === group ? 'page' : undefined}
              href={name === undefined ? href('wall') : href('wall', name)}
            >
              {name ?? say().all}
            </a>
          ))}
        </nav>
      )}
      <button type="button" class="button" onClick={() => (wallThemePreference.value = isDark ? 'light' : 'dark')}>
        {isDark ? say().light : say().dark}
      </button>
      {document.fullscreenEnabled && (
        <button type="button" class="button" onClick={() => void toggleFullscreen()}>
          {say().full}
        </button>
      )}
      <a class="button" href={href('home')}>
        <Icon name="close" size={18} />
        {say().back}
      </a>
    </div>
  )
}

async function toggleFullscreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await document.documentElement.requestFullscreen()
  } catch {
    // The browser refuses: the page stays as it is.
  }
}
