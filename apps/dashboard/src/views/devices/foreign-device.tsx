import type { Device } from '@hearthwatch/api/devices'
import { announce } from '../../frame/announcer.tsx'
import { refreshSoon } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { href } from '../../route.ts'
import { ignore } from './state.ts'
import { say } from './words.ts'

/** Maker, model and gateway of a device of others. */
export function ForeignDevice({ id, foreign }: { id: string; foreign: NonNullable<Device['foreign']> }) {
  const { wrong, isBusy, run } = useRequest()
  const { isIgnored } = foreign
  const change = () =>
    run(async () => {
      await ignore(id, !isIgnored)
      announce(isIgnored ? say().followedAgain(foreign.name) : say().ignored(foreign.name))
      refreshSoon()
    })
  return (
    <section class="card" aria-labelledby="foreign">
      <h2 id="foreign">{say().ofOthers}</h2>
      <p class="quiet small">
        {foreign.isGone
          ? say().gone
          : foreign.isGateway
            ? say().gateway
            : say().followed(say().adapters[foreign.adapter] ?? foreign.adapter)}
      </p>
      <dl class="stack facts">
        <Row name={say().maker} value={foreign.maker} />
        <Row name={say().model} value={foreign.model} />
        <Row name={say().version} value={foreign.version} />
        <Row name={say().id} value={id} />
        {foreign.via !== null && (
          <div class="row">
            <dt class="quiet">{say().via}</dt>
            <dd>
              <a href={href('devices', foreign.via)}>
                <Foreign text={foreign.via} />
              </a>
            </dd>
          </div>
        )}
      </dl>
      <p class="quiet small">{isIgnored ? say().isIgnored : say().ignoreText}</p>
      <Action isBusy={isBusy.value} onAct={() => void change()}>
        {isIgnored ? say().followAgain : say().ignore}
      </Action>
      <ErrorText of={wrong.value} />
    </section>
  )
}

function Row({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null
  return (
    <div class="row">
      <dt class="quiet">{name}</dt>
      <dd>
        <Foreign text={value} />
      </dd>
    </div>
  )
}
