import type { Alert } from '@hearthwatch/api/alerts'
import type { Gap } from '@hearthwatch/api/devices'
import type { Readings } from '@hearthwatch/api/history'
import type { Room as RoomAnswer } from '@hearthwatch/api/rooms'
import { byImportance } from '@hearthwatch/protocol/quantities'
import { useComputed, useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { ask, now, withQuery } from '../../monitor/ask.ts'
import { second } from '../../monitor/clock.ts'
import { isLarge, pageSize, roomOf, rooms } from '../../monitor/rooms.ts'
import { missing } from '../../monitor/shown-rooms.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { useShown } from '../../parts/use-shown.ts'
import { href, route, setQuery } from '../../route.ts'
import { type Fixed, fixedOf, textOf, type Window } from '../../words/calendar.ts'
import { frame } from '../../words/frame.ts'
import type { ExportDialogProps } from './export-dialog.tsx'
import { Forget } from './forget.tsx'
import { Head } from './head.tsx'
import type { LimitRule } from './limits.ts'
import type { NoteDialogProps } from './note-dialog.tsx'
import { Notes } from './notes.tsx'
import { Quantity } from './quantity.tsx'
import './room.css'
import { comparisonOf, limited, moved, shiftsFor, spanOf, windowOf, zoomed } from './span.ts'
import { Toolbar } from './toolbar.tsx'
import { useAnswer } from './use-answer.ts'
import { useNotes } from './use-notes.ts'
import { say } from './words.ts'

export default function Room() {
  const [name = ''] = route.value.rest
  const room = roomOf(name)
  useShown([name])
  const isComing = isLarge.value && room === undefined && !missing.value.has(name)
  if (rooms.value === null || isComing) return <p class="empty waiting">{frame().loading}</p>
  if (room !== undefined) return <Known key={name} room={room} />
  return (
    <div class="empty">
      <p>
        <Foreign text={say().noRoom(name)} />
      </p>
      <a class="button" href={href('home')}>
        {say().back}
      </a>
    </div>
  )
}

function Known({ room }: { room: RoomAnswer }) {
  const { query } = route.value
  const span = spanOf(query.get('span'))
  const fixed = fixedOf(query.get('when'))
  const quantities = Object.keys(room.quantities).sort(byImportance)
  const first = useFirst(room.room, quantities[0], span === 'all')
  // The window moves in visible steps, not every second.
  const sliding = useComputed(() => JSON.stringify(windowOf(spanOf(route.value.query.get('span')), second.value, first.value))).value
  const window: Window | Fixed = fixed ?? JSON.parse(sliding)
  const isPast = fixed !== null && fixed.to <= now()
  const alerts = useAnswer<Alert[]>(withQuery('api/alerts', { room: room.room }), [])
  const rules = useAnswer<LimitRule[]>('api/rules', [])
  const asked = comparisonOf(query.get('with'))
  const askedRoom = asked.kind === 'room' ? asked.room : null
  useShown([askedRoom])
  const offered = offeredRooms(room, roomOf(askedRoom))
  const others = offered.filter((one) => one.room !== room.room && quantities.some((name) => name in one.quantities))
  const other = asked.kind === 'room' ? others.find((one) => one.room === asked.room) : undefined
  const isPossible = asked.kind === 'room' ? other !== undefined : asked.kind === 'before' && shiftsFor(window).includes(asked.shift)
  const compared = isPossible ? asked : ({ kind: 'none' } as const)
  const comparedName = compared.kind === 'before' ? say().before[compared.shift] : (other?.name ?? other?.room ?? '')
  // The first step away from now is one that the browser's Back takes back.
  const fix = (wanted: Fixed) => setQuery({ when: textOf(wanted) }, fixed === null)
  const exporting = useSignal<ComponentType<ExportDialogProps> | null>(null)
  const Export = exporting.value
  const notes = useNotes(room.room)
  const noting = useSignal<ComponentType<NoteDialogProps> | null>(null)
  const noteTime = useSignal<number | null>(null)
  const Note = noting.value
  const write = async (time: number) => {
    noting.value = (await import('./note-dialog.tsx')).default
    noteTime.value = time
  }
  const reset = () => setQuery({ when: undefined })

  return (
    <>
      <Head room={room} />
      <Toolbar
        span={span}
        fixed={fixed}
        window={window}
        now={now()}
        comparison={compared}
        others={others}
        onSpan={(wanted) => setQuery({ when: undefined, span: wanted === 'day' ? undefined : wanted })}
        onFix={fix}
        onMove={(by) => fix(moved(window, by, now()))}
        onScale={(factor) => fix(zoomed(window, factor, now()))}
        onReset={reset}
        onCompare={(wanted) => setQuery({ with: wanted || undefined })}
        onExport={async () => {
          exporting.value = (await import('./export-dialog.tsx')).default
        }}
      />
      {Export && <Export rooms={offered} room={room} window={window} now={now()} onClose={() => (exporting.value = null)} />}
      {room.devices.map((device) => (
        <Lost key={device} device={device} window={window} />
      ))}
      {quantities.length === 0 && <p class="empty">{say().noQuantities}</p>}
      <div class="quantities">
        {quantities.map((quantity) => (
          <Quantity
            key={quantity}
            room={room.room}
            name={room.name ?? room.room}
            quantity={quantity}
            current={room.quantities[quantity] as RoomAnswer['quantities'][string]}
            window={window}
            series={fixed === null ? span : textOf(fixed)}
            isPast={isPast}
            comparison={other && !(quantity in other.quantities) ? { kind: 'none' } : compared}
            comparedName={comparedName}
            alerts={alerts}
            rules={rules}
            notes={notes}
            onZoom={(wanted) => fix(limited(wanted, now()))}
            onReset={reset}
            onNote={(time) => void write(time)}
          />
        ))}
      </div>
      {quantities.length > 0 && <p class="quiet small room-hint">{say().hint}</p>}
      {quantities.length > 0 && <Notes notes={notes} window={window} onAdd={() => void write(Math.min(now(), window.to))} />}
      {Note && noteTime.value !== null && <Note room={room.room} time={noteTime.value} onClose={() => (noteTime.value = null)} />}
      <Forget
        room={room.room}
        name={room.name ?? room.room}
        last={Math.max(0, ...Object.values(room.quantities).map(({ time }) => time))}
      />
    </>
  )
}

/** Rooms to compare with and to export: of a large house some that are loaded, and the one in the address. */
function offeredRooms(room: RoomAnswer, asked: RoomAnswer | undefined): readonly RoomAnswer[] {
  const loaded = rooms.value ?? []
  return isLarge.value ? [...new Set([room, asked ?? room, ...loaded.slice(0, pageSize)])] : loaded
}

/** Time of the first reading, loaded for the span `all` only. */
function useFirst(room: string, quantity: string | undefined, isWanted: boolean) {
  const first = useSignal<number | null>(null)
  useEffect(() => {
    if (!isWanted || quantity === undefined) return
    const wanted = async (from: number) => {
      const { points } = await ask<Readings>(withQuery('api/readings', { room, quantity, from, points: 500 }))
      return points[0]?.[0]
    }
    // Buckets of decades are coarse, so the second request starts at the first bucket with readings.
    wanted(0)
      .then(async (about) => {
        first.value = about === undefined ? null : ((await wanted(Math.max(0, about))) ?? about)
      })
      .catch(() => {})
  }, [room, quantity, isWanted])
  return first
}

/** The lost readings of a device of the room, which no line can show. */
function Lost({ device, window }: { device: string; window: Window }) {
  const gaps = useAnswer<Gap[]>(withQuery('api/gaps', { device }), [])
  const own = gaps.filter((gap) => gap.noticed >= window.from && gap.noticed <= window.to)
  const count = own.reduce((sum, gap) => sum + gap.count, 0)
  if (count === 0) return null
  return (
    <p class="quiet small room-lost">
      <Foreign text={say().lost(count, device)} />
    </p>
  )
}
