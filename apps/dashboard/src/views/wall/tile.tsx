import { isLowBattery } from '@hearthwatch/api/battery'
import type { Room } from '@hearthwatch/api/rooms'
import { severities } from '@hearthwatch/api/severity'
import { trend } from '@hearthwatch/api/trend'
import { byImportance } from '@hearthwatch/protocol/quantities'
import { useMemo } from 'preact/hooks'
import { second } from '../../monitor/clock.ts'
import { recent } from '../../monitor/recent.ts'
import { Age } from '../../parts/age.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { severityName } from '../../words/alert-sentence.ts'
import { frame } from '../../words/frame.ts'
import { figure, shownUnit } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { trendName } from '../../words/trend.ts'
import { say } from './words.ts'

/** Further quantities of a room, so that its figure stays large. */
const most = 2

/** A room in figures that can be read from across the room. */
export function WallTile({ room }: { room: Room }) {
  const [main, ...others] = Object.keys(room.quantities).sort(byImportance)
  const current = main === undefined ? undefined : room.quantities[main]
  const worst = severities.findLast((severity) => room.alerts.some((alert) => alert.severity === severity))
  const isOld = room.status === 'offline' || current?.stale === true
  return (
    <li class={['card wall-tile', worst, isOld && 'is-old'].filter(Boolean).join(' ')}>
      <h2>
        {room.icon && <span aria-hidden="true">{room.icon} </span>}
        <a href={href('room', room.room)}>
          <Foreign text={room.name ?? room.room} />
        </a>
      </h2>
      {main === undefined || current === undefined ? (
        <p class="quiet wall-small">{say().noValue}</p>
      ) : (
        <Figure room={room.room} quantity={main} current={current} isOld={isOld} />
      )}
      <p class="wall-small">
        {others.slice(0, most).map((name) => {
          const { value, unit } = room.quantities[name] as Room['quantities'][string]
          return (
            <span key={name} class={isLowBattery(name, value) ? 'is-low' : undefined}>
              <span class="unseen">{quantityName(name)} </span>
              {figure(value, unit)}
              <span class="quiet"> {shownUnit(unit) || quantityName(name)}</span>
            </span>
          )
        })}
        {worst && <strong class="wall-state">{severityName(worst)}</strong>}
        {isOld && current && (
          <span class="wall-old">
            {room.status === 'offline' ? frame().status.offline : say().stale} · <Age time={current.time} />
          </span>
        )}
      </p>
    </li>
  )
}

function Figure(props: { room: string; quantity: string; current: Room['quantities'][string]; isOld: boolean }) {
  const { room, quantity, current, isOld } = props
  const { value, unit, time } = current
  const moments = useMemo(() => recent(room, quantity), [room, quantity]).value
  const going =
    isOld || moments === null ? null : trend([...moments.moments.filter(([at]) => at < time), [time, value]], unit, second.peek())
  const text = figure(value, unit)
  return (
    <p class="wall-figure" style={{ '--digits': text.length }}>
      <span class="unseen">{quantityName(quantity)} </span>
      {text}
      <span class="wall-unit">{shownUnit(unit)}</span>
      {going !== null && going !== 'steady' && (
        <span class="wall-trend" title={trendName()[going]}>
          <Icon name={going} />
          <span class="unseen">{trendName()[going]}</span>
        </span>
      )}
    </p>
  )
}
