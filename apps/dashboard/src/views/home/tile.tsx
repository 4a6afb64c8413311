import { isLowBattery } from '@hearthwatch/api/battery'
import type { Room } from '@hearthwatch/api/rooms'
import { severities } from '@hearthwatch/api/severity'
import { trend } from '@hearthwatch/api/trend'
import { byImportance } from '@hearthwatch/protocol/quantities'
import { useMemo, useRef } from 'preact/hooks'
import { second } from '../../monitor/clock.ts'
import type { Moment } from '../../monitor/day-range.ts'
import { recent } from '../../monitor/recent.ts'
import { Age } from '../../parts/age.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { LowBattery } from '../../parts/low-battery.tsx'
import { SilenceRoom } from '../../parts/silence-room.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { TodayRange } from '../../parts/today-range.tsx'
import { useNear } from '../../parts/use-near.ts'
import { useShown } from '../../parts/use-shown.ts'
import { href } from '../../route.ts'
import { severityName } from '../../words/alert-sentence.ts'
import { frame } from '../../words/frame.ts'
import { figure, shownUnit } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { trendName } from '../../words/trend.ts'
import { say } from './words.ts'

const dots = { online: 'is-on', offline: 'is-off', unknown: 'is-unknown' }

export interface TileProps {
  room: Room
  /** Level of the room's name. */
  heading: 'h2' | 'h3'
}

export function Tile(props: TileProps) {
  return (
    <li class={classesOf(props.room)}>
      <Content {...props} />
    </li>
  )
}

/**
 * A tile of a large house. Out of view it has only its name, so that the keyboard, a screen reader and the browser's search
 * still find it.
 */
export function DistantTile({ room, heading }: TileProps) {
  const place = useRef<HTMLLIElement>(null)
  const { isNear, height } = useNear(place)
  useShown(isNear ? [room.room] : [])
  return (
    <li
      ref={place}
      class={isNear ? classesOf(room) : 'card tile is-away'}
      // Its height stays, so that nothing moves.
      style={isNear || height === 0 ? undefined : { minHeight: `${height}px` }}
    >
      {isNear ? <Content room={room} heading={heading} /> : <Name room={room} heading={heading} />}
    </li>
  )
}

const worstOf = ({ alerts }: Room) => severities.findLast((severity) => alerts.some((alert) => alert.severity === severity))

function classesOf(room: Room): string {
  const [main] = Object.keys(room.quantities).sort(byImportance)
  const isStale = main !== undefined && room.quantities[main]?.stale
  return ['card tile', worstOf(room), isStale && 'is-stale', room.status === 'offline' && 'is-offline'].filter(Boolean).join(' ')
}

function Name({ room, heading: Heading }: TileProps) {
  return (
    <Heading class="tile-name" title={room.room}>
      <a href={href('room', room.room)}>
        <Foreign text={room.name ?? room.room} />
      </a>
    </Heading>
  )
}

function Content({ room, heading }: TileProps) {
  const names = Object.keys(room.quantities).sort(byImportance)
  const [main, ...others] = names
  const current = main === undefined ? undefined : room.quantities[main]
  const worst = worstOf(room)
  return (
    <>
      <div class="tile-head">
        {room.icon && (
          <span class="tile-icon" aria-hidden="true">
            {room.icon}
          </span>
        )}
        <Name room={room} heading={heading} />
        {worst && (
          <span class={`badge ${worst}`}>
            <Icon name="alerts" size={16} />
            <span>{severityName(worst)}</span>
          </span>
        )}
        <SilenceRoom room={room} />
      </div>
      {main === undefined || current === undefined ? (
        <p class="quiet tile-none">{say().noValue}</p>
      ) : (
        <Main room={room.room} quantity={main} {...current} stale={current.stale || room.status === 'offline'} />
      )}
      {others.length > 0 && (
        <dl class="tile-others">
          {others.map((name) => (
            <Other key={name} name={name} {...(room.quantities[name] as Current)} />
          ))}
        </dl>
      )}
      <div class="row quiet tile-foot">
        <p class={`dot ${dots[room.status]}`}>{frame().status[room.status]}</p>
        {current && (
          <p>
            {current.stale && <span class="tile-stale">{say().stale}</span>} <Age time={current.time} />
          </p>
        )}
      </div>
    </>
  )
}

type Current = Room['quantities'][string]

/** Smallest range of the sparkline, in the quantity's unit */
const flat: Record<string, number> = { '°C': 1, '%': 5, hPa: 3, ppm: 150 }

function Main({ room, quantity, value, unit, time, stale }: Current & { room: string; quantity: string }) {
  const moments = useMemo(() => recent(room, quantity), [room, quantity]).value
  const now: Moment = [time, value]
  const text = figure(value, unit)
  const going = stale || moments === null ? null : trend([...moments.moments.filter(([at]) => at < time), now], unit, second.peek())
  return (
    <>
      {quantity !== 'temperature' && (
        <p class="quiet small">
          <Foreign text={quantityName(quantity)} />
        </p>
      )}
      <p class={text.length > 6 ? 'tile-value is-long' : text.length > 4 ? 'tile-value is-medium' : 'tile-value'}>
        <span>
          {text}
          <span class="tile-unit">{shownUnit(unit)}</span>
        </span>
        {going !== null && (
          <span class={`quiet tile-trend ${going}`} title={trendName()[going]}>
            <Icon name={going} size={26} />
            <span class="unseen">{trendName()[going]}</span>
          </span>
        )}
      </p>
      <TodayRange room={room} quantity={quantity} unit={unit} />
      <Sparkline recent={moments} current={now} least={flat[unit] ?? Math.max(Math.abs(value) * 0.05, 1e-6)} />
    </>
  )
}

function Other({ name, value, unit, stale }: Current & { name: string }) {
  const isLow = isLowBattery(name, value)
  return (
    <div class={[stale && 'is-stale', isLow && 'is-low'].filter(Boolean).join(' ')}>
      <dt>
        <Foreign text={quantityName(name)} />
      </dt>
      <dd>
        {isLow && <LowBattery />}
        {figure(value, unit)}
        {unit !== '' && <span class="small"> {shownUnit(unit)}</span>}
      </dd>
    </div>
  )
}
