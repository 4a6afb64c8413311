import type { Alert } from '@hearthwatch/api/alerts'
import type { Gap } from '@hearthwatch/api/devices'
import type { Readings } from '@hearthwatch/api/history'
import type { Room as RoomAnswer } from '@hearthwatch/api/rooms'
import { useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask, now, withQuery } from '../../monitor/ask.ts'
import { second } from '../../monitor/clock.ts'
import { rooms } from '../../monitor/state.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { href, route, setQuery } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { byImportance } from '../../words/quantities.ts'
import { Forget } from './forget.tsx'
import { Head } from './head.tsx'
import type { LimitRule } from './limits.ts'
import { Quantity } from './quantity.tsx'
import './room.css'
import { comparisonOf, limited, moved, spanOf, type Window, windowOf, zoomed } from './span.ts'
import { Toolbar } from './toolbar.tsx'
import { useAnswer } from './use-answer.ts'
import { say } from './words.ts'

export default function Room() {
  const [name = ''] = route.value.rest
  const room = rooms.value?.find((one) => one.room === name)
  if (rooms.value === null) return <p class="empty waiting">{frame().loading}</p>
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
  const comparison = query.get('with') ?? ''
  const zoom = useSignal<Window | null>(null)
  const quantities = Object.keys(room.quantities).sort(byImportance)
  const first = useFirst(room.room, quantities[0], span === 'all')
  // The window moves in visible steps, not every second.
  const sliding = useComputed(() => JSON.stringify(windowOf(spanOf(route.value.query.get('span')), second.value, first.value))).value
  const window: Window = zoom.value ?? JSON.parse(sliding)
  const alerts = useAnswer<Alert[]>(withQuery('api/alerts', { room: room.room }), [])
  const rules = useAnswer<LimitRule[]>('api/rules', [])
  const others = (rooms.value ?? []).filter((one) => one.room !== room.room && quantities.some((name) => name in one.quantities))
  const compared = comparisonOf(comparison)
  const other = compared.kind === 'room' ? others.find((one) => one.room === compared.room) : undefined
  const comparedName = compared.kind === 'before' ? say().before[compared.shift] : (other?.name ?? other?.room ?? '')
  const setZoom = (wanted: Window) => {
    zoom.value = limited(wanted, now())
  }
  const reset = () => {
    zoom.value = null
  }

  return (
    <>
      <Head room={room} />
      <Toolbar
        span={span}
        isZoomed={zoom.value !== null}
        comparison={comparison}
        others={others}
        onSpan={(wanted) => {
          reset()
          setQuery({ span: wanted === 'day' ? undefined : wanted, with: comparison || undefined })
        }}
        onMove={(part) => setZoom(moved(window, part, now()))}
        onScale={(factor) => setZoom(zoomed(window, factor, now()))}
        onReset={reset}
        onCompare={(wanted) => setQuery({ span: span === 'day' ? undefined : span, with: wanted || undefined })}
      />
      <Lost devices={room.devices} window={window} />
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
            span={span}
            isZoomed={zoom.value !== null}
            comparison={compared.kind === 'room' && !(other && quantity in other.quantities) ? { kind: 'none' } : compared}
            comparedName={comparedName}
            alerts={alerts}
            rules={rules}
            onZoom={setZoom}
            onReset={reset}
          />
        ))}
      </div>
      {quantities.length > 0 && <p class="quiet small room-hint">{say().hint}</p>}
      <Forget
        room={room.room}
        name={room.name ?? room.room}
        last={Math.max(0, ...Object.values(room.quantities).map(({ time }) => time))}
      />
    </>
  )
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

/** The lost readings of the room's devices, which no line can show. */
function Lost({ devices, window }: { devices: readonly string[]; window: Window }) {
  const gaps = useAnswer<Gap[]>('api/gaps', [])
  return devices.map((device) => {
    const own = gaps.filter((gap) => gap.device === device && gap.noticed >= window.from && gap.noticed <= window.to)
    const count = own.reduce((sum, gap) => sum + gap.count, 0)
    return count === 0 ? null : (
      <p key={device} class="quiet small room-lost">
        <Foreign text={say().lost(count, device)} />
      </p>
    )
  })
}
