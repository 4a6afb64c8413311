import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Icon } from '../../parts/icon.tsx'
import { say } from './words.ts'

export interface Draft {
  room: string
  name: string
  icon: string
  group: string
}

export interface ArrangeRowProps {
  draft: Draft
  place: number
  last: number
  /** Id of the list of groups that are offered. */
  groups: string
  onChange(change: Partial<Draft>): void
  onMove(to: number): void
}

const icons = [...'🛋🍳🛏🛁🚿🚪🪟🪴🌡🧊❄🔥☀🏠🏡🌳🚗🧺💻📚🎮🧸👶👵🐈🐕🐟🐔🍷💧⚡🔧']

/** One room of the list, moved by its handle or its buttons. */
export function ArrangeRow({ draft, place, last, groups, onChange, onMove }: ArrangeRowProps) {
  const row = useRef<HTMLLIElement>(null)
  const { room, name, icon, group } = draft

  /** Moves the row to the pointer. */
  function drag(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement
    if (!handle.hasPointerCapture(event.pointerId)) return
    const rows = [...(row.current?.parentElement?.children ?? [])]
    const to = rows.findIndex((one) => event.clientY < one.getBoundingClientRect().bottom)
    onMove(to < 0 ? last : to)
  }

  return (
    <li ref={row}>
      <span
        class="arrange-handle"
        title={say().drag}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
      >
        <Icon name="handle" />
      </span>
      <IconChoice room={room} icon={icon} onChange={onChange} />
      <input
        class="arrange-name"
        type="text"
        value={name}
        placeholder={room}
        maxLength={64}
        aria-label={say().name(room)}
        onInput={(event) => onChange({ name: event.currentTarget.value })}
      />
      <input
        class="arrange-group"
        type="text"
        list={groups}
        value={group}
        placeholder={say().groupPlaceholder}
        maxLength={64}
        aria-label={say().group(room)}
        onInput={(event) => onChange({ group: event.currentTarget.value })}
      />
      <button
        type="button"
        class="button round"
        aria-label={say().up(name || room)}
        disabled={place === 0}
        onClick={() => onMove(place - 1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="button round"
        aria-label={say().down(name || room)}
        disabled={place === last}
        onClick={() => onMove(place + 1)}
      >
        <Icon name="down" />
      </button>
    </li>
  )
}

function IconChoice({ room, icon, onChange }: { room: string; icon: string; onChange(change: Partial<Draft>): void }) {
  const isOwn = useSignal(false)
  if (isOwn.value) {
    return (
      <input
        class="arrange-icon"
        type="text"
        value={icon}
        maxLength={16}
        aria-label={say().icon(room)}
        onInput={(event) => onChange({ icon: firstCharacter(event.currentTarget.value) })}
      />
    )
  }
  const offered = icon === '' || icons.includes(icon) ? icons : [icon, ...icons]
  return (
    <select
      class="arrange-icon"
      value={icon}
      aria-label={say().icon(room)}
      onChange={({ currentTarget: { value } }) => {
        if (value === 'own') isOwn.value = true
        else onChange({ icon: value })
      }}
    >
      <option value="">–</option>
      {offered.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
      <option value="own">{say().ownIcon} …</option>
    </select>
  )
}

/** The first grapheme of a text: a flag has several code points. */
function firstCharacter(text: string): string {
  if (typeof Intl.Segmenter !== 'function') return [...text][0] ?? ''
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.trim())) return segment
  return ''
}
