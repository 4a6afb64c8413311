import type { Device, Gap } from '@hearthwatch/api/devices'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Age } from '../../parts/age.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { roomName } from '../../words/alert-sentence.ts'
import { frame } from '../../words/frame.ts'
import { figureWithUnit, number } from '../../words/numbers.ts'
import { duration, minute } from '../../words/times.ts'
import { Bars } from './bars.tsx'
import { dots } from './card.tsx'
import { Commands } from './commands.tsx'
import { ForeignDevice } from './foreign-device.tsx'
import { Forget } from './forget.tsx'
import { Place } from './place.tsx'
import { Presence } from './presence.tsx'
import { Probes } from './probes.tsx'
import { SettingsForm } from './settings-form.tsx'
import { gapsOf } from './state.ts'
import { say } from './words.ts'

export function DeviceView({ device }: { device: Device }) {
  const { id, room, status, lastSeen, faulty, foreign } = device
  return (
    <>
      <a class="back" href={href('devices')}>
        <Icon name="back" size={18} /> {say().back}
      </a>
      <div class="head device-title">
        <h1>
          <Foreign text={foreign?.name ?? id ?? say().unnamed} />
        </h1>
        <p class={`dot ${dots[status]}`}>{frame().status[status]}</p>
        {room !== null && (
          <p>
            <a href={href('room', room)}>
              <Foreign text={roomName(room)} />
            </a>
          </p>
        )}
        {lastSeen !== null && (
          <p class="quiet small">
            {say().lastSeen} <Age time={lastSeen} />
          </p>
        )}
      </div>
      {faulty && <p class="notice device-fault">{say().faultyText}</p>}
      <div class="device-parts">
        {id !== null && foreign !== null && <ForeignDevice id={id} foreign={foreign} />}
        {foreign === null && <Health device={device} />}
        {foreign === null && <Record device={device} />}
        {id !== null && <Presence id={id} />}
        {foreign === null && <Probes device={device} />}
        {id !== null && room !== null && <Place id={id} room={room} device={device} />}
        {id !== null && foreign === null && <SettingsForm id={id} device={device} />}
        {id !== null && foreign === null && <Commands id={id} isOnline={status === 'online'} />}
        {id !== null && <Forget id={id} isOnline={status === 'online'} />}
      </div>
    </>
  )
}

/** dBm: below `fair` a Wi-Fi loses packets */
const wifi = (rssi: number) => (rssi >= -60 ? 'good' : rssi >= -72 ? 'fair' : 'weak')

function Health({ device: { heartbeat, version } }: { device: Device }) {
  return (
    <section class="card" aria-labelledby="health">
      <h2 id="health">{say().health}</h2>
      {heartbeat === null ? <p class="quiet">{say().noHeartbeat}</p> : <Bars heartbeat={heartbeat} />}
      <dl class="stack facts">
        <Fact name={say().temperature} value={heartbeat?.temperature} show={(value) => figureWithUnit(value, '°C')} />
        <Fact name={say().wifi} value={heartbeat?.rssi} show={(value) => `${number(value)} dBm · ${say().wifiWords[wifi(value)]}`} />
        <Fact name={say().uptime} value={heartbeat?.uptime} show={(value) => duration(value * 1000)} />
        <Fact name={say().version} value={version ?? undefined} show={(value) => value} />
      </dl>
    </section>
  )
}

const listed = 12
/** A smaller clock difference is network delay. ms */
const noSkew = 1000

function Record({ device: { id, epoch, seq, outbox, missing, skew, heartbeat } }: { device: Device }) {
  const gaps = useSignal<readonly Gap[]>([])
  useEffect(() => {
    if (id !== null && missing > 0)
      gapsOf(id).then(
        (found) => (gaps.value = found),
        () => {},
      )
  }, [id, missing])
  return (
    <section class="card" aria-labelledby="record">
      <h2 id="record">{say().record}</h2>
      {epoch === null && <p class="quiet">{say().noRecord}</p>}
      <dl class="stack facts">
        <Fact name={say().kept} value={seq ?? undefined} show={number} />
        <Fact name={say().waiting} value={outbox ?? undefined} show={number} />
        <Fact name={say().missing} value={epoch === null ? undefined : missing} show={number} />
        <Fact name={say().dropped} value={heartbeat?.dropped || undefined} show={number} />
        <Fact name={say().skew} value={skew ?? undefined} show={clock} />
      </dl>
      {gaps.value.length > 0 && (
        <>
          <h3>{say().gaps}</h3>
          <ul class="small">
            {gaps.value.slice(0, listed).map((gap) => (
              <li key={`${gap.epoch}${gap.from}`}>
                {say().gap(number(gap.from), number(gap.to), number(gap.count))} · {say().noticed} {minute(gap.noticed)}
              </li>
            ))}
          </ul>
          {gaps.value.length > listed && <p class="quiet small">{say().older(number(gaps.value.length - listed))}</p>}
        </>
      )}
    </section>
  )
}

function clock(skew: number): string {
  if (Math.abs(skew) < noSkew) return say().exact
  return skew > 0 ? say().ahead(duration(skew)) : say().behind(duration(-skew))
}

function Fact<V>({ name, value, show }: { name: string; value: V | undefined; show(value: V): string }) {
  if (value === undefined) return null
  return (
    <div class="row">
      <dt class="quiet">{name}</dt>
      <dd>{show(value)}</dd>
    </div>
  )
}
