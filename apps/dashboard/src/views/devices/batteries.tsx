import { isBattery, isLowBattery, lowBattery } from '@hearthwatch/api/battery'
import { useEffect } from 'preact/hooks'
import { isLarge, rooms } from '../../monitor/rooms.ts'
import { Age } from '../../parts/age.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { LowBattery } from '../../parts/low-battery.tsx'
import { href } from '../../route.ts'
import { figureWithUnit } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { batteryKey, batteryLife, emptiest, loadBatteryLife } from './state.ts'
import { say } from './words.ts'

/** The batteries of all rooms, the emptiest first. */
export function Batteries() {
  const loaded = (rooms.value ?? [])
    .flatMap(({ room, name, quantities }) =>
      Object.entries(quantities).flatMap(([quantity, { value, unit, time }]) =>
        isBattery(quantity) ? [{ room, name: name ?? room, quantity, value, unit, time }] : [],
      ),
    )
    .sort((a, b) => a.value - b.value)
  const all = isLarge.value ? emptiest.value.map(({ name, ...battery }) => ({ ...battery, name: name ?? battery.room, unit: '%' })) : loaded
  useEffect(() => {
    void loadBatteryLife()
  }, [loaded.length, isLarge.value])
  if (all.length === 0) return null
  return (
    <section class="batteries" aria-labelledby="batteries">
      <h2 id="batteries">{say().batteries}</h2>
      <ul class="card">
        {all.map(({ room, name, quantity, value, unit, time }) => (
          <li key={`${room}/${quantity}`} class={isLowBattery(quantity, value) ? 'is-low' : undefined}>
            <span class="battery-name">
              <a href={href('room', room)}>
                <Foreign text={name} />
                {quantity !== 'battery' && ` · ${quantityName(quantity)}`}
              </a>
              <span class="quiet small">
                <Left room={room} quantity={quantity} />
                <Age time={time} />
              </span>
            </span>
            <meter min={0} max={100} low={lowBattery} optimum={100} value={value} aria-label={quantityName(quantity)} />
            <span class="battery-value">
              {isLowBattery(quantity, value) && <LowBattery />}
              {figureWithUnit(value, unit)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The time that a battery lasts, if its fall shows one. */
function Left({ room, quantity }: { room: string; quantity: string }) {
  const left = batteryLife.value.get(batteryKey(room, quantity))
  return left === undefined ? null : <>{say().left(left)} · </>
}
