import type { Room } from '@hearthwatch/api/rooms'
import { alerts } from '../../monitor/state.ts'
import { Age } from '../../parts/age.tsx'
import { AlertNotices } from '../../parts/alert-notices.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { SilenceRoom } from '../../parts/silence-room.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { say } from './words.ts'

const dots = { online: 'is-on', offline: 'is-off', unknown: 'is-unknown' }

/** Name, state and alerts of the room. */
export function Head({ room }: { room: Room }) {
  const here = alerts.value.filter((alert) => alert.room === room.room)
  const latest = Math.max(0, ...Object.values(room.quantities).map(({ time }) => time))
  return (
    <>
      <a class="back" href={href('home')}>
        <Icon name="back" size={18} />
        {say().back}
      </a>
      <div class="row room-head">
        {room.icon && (
          <span class="room-icon" aria-hidden="true">
            {room.icon}
          </span>
        )}
        <h1>
          <Foreign text={room.name ?? room.room} />
        </h1>
        <p class={`dot small ${dots[room.status]}`}>{frame().status[room.status]}</p>
        {latest > 0 && (
          <p class="quiet small">
            <Age time={latest} />
          </p>
        )}
        {room.name !== null && (
          <p class="quiet small">
            {say().mqttName}: <code>{room.room}</code>
          </p>
        )}
        <SilenceRoom room={room} hasText />
      </div>
      <AlertNotices alerts={here} />
    </>
  )
}
