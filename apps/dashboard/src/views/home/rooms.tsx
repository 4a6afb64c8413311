import type { Room } from '@hearthwatch/api/rooms'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { isLarge } from '../../monitor/rooms.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { grouped } from './groups.ts'
import { DistantTile, Tile } from './tile.tsx'
import { say } from './words.ts'

export interface RoomsProps {
  rooms: readonly Room[]
  /** True to show the groups of the rooms as headings. */
  isGrouped: boolean
  /** True while there is no connection: no value is current. */
  isLost: boolean
}

/** The tiles, under the headings of their groups if any room has one. */
export function Rooms({ rooms, isGrouped, isLost }: RoomsProps) {
  const groups = grouped(rooms)
  const list = (shown: readonly Room[], heading: 'h2' | 'h3') => (
    <ul class={isLost ? 'rooms is-lost' : 'rooms'}>
      {shown.map((room) =>
        isLarge.value ? (
          <DistantTile key={room.room} room={room} heading={heading} />
        ) : (
          <Tile key={room.room} room={room} heading={heading} />
        ),
      )}
    </ul>
  )
  if (!isGrouped || groups.every(({ name }) => name === null)) return list(rooms, 'h2')
  return (
    <>
      {groups.map(({ name, rooms: members }) => (
        <Group key={name ?? ''} name={name}>
          {list(members, 'h3')}
        </Group>
      ))}
    </>
  )
}

function Group({ name, children }: { name: string | null; children: ComponentChildren }) {
  const id = useId()
  return (
    <section class="home-group" aria-labelledby={id}>
      <h2 id={id}>{name === null ? say().otherRooms : <Foreign text={name} />}</h2>
      {children}
    </section>
  )
}
