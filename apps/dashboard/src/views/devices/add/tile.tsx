import type { ReadingEvent } from '@hearthwatch/api/events'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { refreshSoon } from '../../../monitor/state.ts'
import { Foreign } from '../../../parts/foreign.tsx'
import { href } from '../../../route.ts'
import { roomName } from '../../../words/alert-sentence.ts'
import { figureWithUnit } from '../../../words/numbers.ts'
import { quantityName } from '../../../words/quantities.ts'
import { unitOf } from '../../../words/units.ts'
import { load } from '../state.ts'
import { say } from './words.ts'

export type FirstReading = Pick<ReadingEvent, 'room' | 'quantity' | 'value'>

/** A tile that waits for the first reading of a new sensor, and shows it. */
export function Tile({ reading, children }: { reading: FirstReading | null; children?: ComponentChildren }) {
  useEffect(() => {
    if (reading === null) return
    refreshSoon()
    void load()
  }, [reading !== null])
  if (reading === null)
    return (
      <div class="add-tile is-waiting" role="status">
        <strong>{say().waiting}</strong>
        {children}
      </div>
    )
  const { room, quantity, value } = reading
  return (
    <div class="add-tile" role="status">
      <span>
        <Foreign text={roomName(room)} /> · {quantityName(quantity)}
      </span>
      <strong class="add-value">{figureWithUnit(value, unitOf(quantity))}</strong>
      <a href={href('room', room)}>{say().showRoom}</a>
    </div>
  )
}
