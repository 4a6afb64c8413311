import type { Device } from '@hearthwatch/api/devices'
import { roomOf } from '../../monitor/rooms.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { figureWithUnit, number } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { duration } from '../../words/times.ts'
import { say } from './words.ts'

/** The quantity of a key, with its room if that is not the device's own. */
export function probeName(key: string): string {
  const slash = key.indexOf('/')
  const quantity = quantityName(key.slice(slash + 1))
  return slash < 0 ? quantity : `${roomName(key.slice(0, slash))} · ${quantity}`
}

/** The probes of a device, with their topics. */
export function Probes({ device: { probes, interval, heartbeat } }: { device: Device }) {
  if (probes.length === 0) return null
  return (
    <section class="card device-wide" aria-labelledby="probes">
      <h2 id="probes">{say().probes}</h2>
      {interval !== null && <p class="quiet small">{say().every(duration(interval * 1000))}</p>}
      <div class="probes">
        <table>
          <thead>
            <tr>
              <th scope="col">{say().quantity}</th>
              <th scope="col">{say().value}</th>
              <th scope="col">{say().probe}</th>
            </tr>
          </thead>
          <tbody>
            {probes.map(({ key, topic, probe }) => (
              <tr key={key}>
                <th scope="row">
                  <Foreign text={probeName(key)} />
                </th>
                <td>{nowOn(topic)}</td>
                <td>
                  <Foreign text={probe ?? ''} /> <code>{topic}</code>
                  {rejectedBy(heartbeat, probe) > 0 && <p class="quiet small">{say().rejected(number(rejectedBy(heartbeat, probe)))}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function rejectedBy(heartbeat: Device['heartbeat'], probe: string | null): number {
  const { rejected = {} } = heartbeat ?? {}
  return probe !== null && Object.hasOwn(rejected, probe) ? (rejected[probe] ?? 0) : 0
}

function nowOn(topic: string): string {
  const [, name, quantity = ''] = topic.split('/')
  const quantities = roomOf(name)?.quantities ?? {}
  const current = Object.hasOwn(quantities, quantity) ? quantities[quantity] : undefined
  return current === undefined ? '–' : figureWithUnit(current.value, current.unit)
}
