import type { Device } from '@hearthwatch/api/devices'
import { number } from '../../words/numbers.ts'
import { say } from './words.ts'

type Heartbeat = NonNullable<Device['heartbeat']>

const percent = (value: number) => number(value / 100, { style: 'percent' })

/** CPU, memory and disk of a device as bars. */
export function Bars({ heartbeat: { cpu, memory, disk } }: { heartbeat: Heartbeat }) {
  const told = [
    [say().cpu, cpu],
    [say().memory, memory],
    [say().disk, disk],
  ] as const
  return (
    <dl class="stack bars">
      {told.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <meter aria-label={name} min={0} max={100} high={85} value={value} />
                <span>{percent(value)}</span>
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}
