import type { RoomPage } from '@hearthwatch/api/rooms'
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { ask, withQuery } from '../monitor/ask.ts'
import { isLarge } from '../monitor/rooms.ts'
import { SelectField, TextField } from './field.tsx'

export interface RoomFieldProps {
  label: string
  /** A room's name in MQTT; empty: every room. */
  value: string
  /** The words for every room. */
  every: string
  /** The rooms of a house that is not large, with their names. */
  choices: readonly (readonly [room: string, name: string])[]
  onPick(room: string): void
}

/** ms without typing after which the monitor is asked */
const typed = 200
const offered = 20

/** Chooses a room: from a list, or in a large house by typing a part of its name. */
export function RoomField({ label, value, every, choices, onPick }: RoomFieldProps) {
  const list = useId()
  const found = useSignal<RoomPage['rooms']>([])
  useEffect(() => {
    if (!isLarge.value) return
    const timer = setTimeout(() => {
      ask<RoomPage>(withQuery('api/rooms', { search: value, limit: offered })).then(
        ({ rooms }) => (found.value = rooms),
        // The name can still be typed.
        () => {},
      )
    }, typed)
    return () => clearTimeout(timer)
  }, [value, isLarge.value])
  if (!isLarge.value) return <SelectField label={label} value={value} choices={[['', every], ...choices]} onPick={onPick} />
  return (
    <>
      <TextField label={label} value={value} placeholder={every} maxLength={64} list={list} onType={onPick} />
      <datalist id={list}>
        {found.value.map(({ room, name }) => (
          <option key={room} value={room}>
            {name ?? room}
          </option>
        ))}
      </datalist>
    </>
  )
}
