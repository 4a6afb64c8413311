import type { Room } from '@hearthwatch/api/rooms'
import { silencing } from '../frame/silencing.tsx'
import { second } from '../monitor/clock.ts'
import { silences } from '../monitor/silences.ts'
import { frame } from '../words/frame.ts'
import { minute } from '../words/times.ts'
import { Icon } from './icon.tsx'
import './silence-room.css'

/** Opens the dialog that silences a room, and shows until when it is silenced already. */
export function SilenceRoom({ room: { room, name }, hasText = false }: { room: Pick<Room, 'room' | 'name'>; hasText?: boolean }) {
  const until = silences.value.filter((one) => one.room === room || (one.room === null && one.rule === null)).map((one) => one.until)
  const end = Math.max(0, ...until)
  const isSilenced = end > second.value
  const label = isSilenced ? frame().silencedUntil(minute(end)) : frame().silenceRoom(name ?? room)
  return (
    <button
      type="button"
      class={hasText ? 'button silence-here' : 'silence-room'}
      aria-label={label}
      title={label}
      aria-pressed={isSilenced}
      onClick={() => (silencing.value = { room, rule: null })}
    >
      <Icon name="silence" size={20} />
      {hasText && (isSilenced ? label : frame().silence)}
    </button>
  )
}
