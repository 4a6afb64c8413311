import type { Device } from '@hearthwatch/api/devices'
import { Age } from '../../parts/age.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { href } from '../../route.ts'
import { roomName } from '../../words/alert-sentence.ts'
import { frame } from '../../words/frame.ts'
import { Bars } from './bars.tsx'
import { say } from './words.ts'

export const dots = { online: 'is-on', offline: 'is-off', unknown: 'is-unknown' }

export function DeviceCard({ device }: { device: Device }) {
  const { id, room, heartbeat, foreign } = device
  return (
    <li class={`card device ${device.status === 'offline' ? 'is-offline' : ''}`}>
      <div class="row device-head">
        <h2>{id === null ? say().unnamed : <a href={href('devices', id)}>{<Foreign text={foreign?.name ?? id} />}</a>}</h2>
        <p class={`dot ${dots[device.status]}`}>{frame().status[device.status]}</p>
      </div>
      <p class="quiet small">
        {room !== null && (
          <>
            <Foreign text={roomName(room)} />
            {isUnsure(device) && ` (${foreign === null ? say().notConfirmed : say().noRoomChosen})`} ·{' '}
          </>
        )}
        {device.lastSeen === null ? (
          say().never
        ) : (
          <>
            {say().lastSeen} <Age time={device.lastSeen} />
          </>
        )}
      </p>
      {foreign !== null && (
        <p class="quiet small">
          <Foreign
            text={
              [foreign.maker, foreign.model].filter((one) => one !== null).join(' ') || (say().adapters[foreign.adapter] ?? foreign.adapter)
            }
          />
          {foreign.isIgnored && ` · ${say().isIgnored}`}
          {foreign.isGone && ` · ${say().gone}`}
        </p>
      )}
      {heartbeat && <Bars heartbeat={heartbeat} />}
      <Warnings device={device} />
    </li>
  )
}

/** True if no person, and no name that it was given, has put the device into its room. */
const isUnsure = ({ id, confirmed, foreign }: Device) => id !== null && !confirmed && (foreign === null || foreign.roomFrom === 'device')

/** Warnings about a device. */
export function Warnings({ device: { faulty, missing, problems } }: { device: Device }) {
  if (!faulty && missing === 0 && problems.length === 0) return null
  return (
    <p class="chips">
      {problems.length > 0 && <span class="badge warning">{say().conflicts(problems.length)}</span>}
      {faulty && <span class="badge warning">{say().faulty}</span>}
      {missing > 0 && <span class="badge warning">{say().lost(missing)}</span>}
    </p>
  )
}
