import type { Checklist as List } from '@hearthwatch/api/checklist'
import { changeChecklist, checklist } from '../../monitor/checklist.ts'
import { called } from '../../monitor/commands.ts'
import { rooms } from '../../monitor/rooms.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { roomName } from '../../words/alert-sentence.ts'
import './checklist.css'
import { say } from './checklist-words.ts'

type Step = List['steps'][number]

/** The first steps of a house: what is done, and one link for each that is not. */
export default function Checklist() {
  const { wrong, isBusy, run } = useRequest()
  const steps = checklist.value?.steps ?? []
  const done = steps.filter((step) => step.done).length
  return (
    <section class="card checklist" aria-labelledby="checklist">
      <div class="head">
        <h2 id="checklist">{say().title}</h2>
        <span class="quiet small">{say().progress(done, steps.length)}</span>
        <Action isBusy={isBusy.value} onAct={() => void run(() => changeChecklist({ putAway: true }))}>
          {say().putAway}
        </Action>
      </div>
      <ErrorText of={wrong.value} />
      <ul>
        {steps.map((step) => (
          <Entry key={step.step} step={step} />
        ))}
      </ul>
    </section>
  )
}

const addresses: Record<Exclude<Step['step'], 'backup'>, string> = {
  sensor: `${href('devices')}?add`,
  channel: `${href('notifications')}?add`,
  phone: href('settings'),
  freezer: `${href('rules', 'new')}?template=freezer`,
}

function Entry({ step: { step, done, rooms: about } }: { step: Step }) {
  const { wrong, isBusy, run } = useRequest()
  return (
    <li class={done ? 'is-done' : ''}>
      <Icon name={done ? 'check' : 'minus'} size={20} />
      <div>
        <p>
          {say().steps[step]}
          <span class="unseen"> ({done ? say().done : say().open})</span>
        </p>
        {!done && <p class="quiet small">{called(say().why[step](about.map(roomName).join(say().and)))}</p>}
        <ErrorText of={wrong.value} />
      </div>
      {/* Without a room, home has this button already. */}
      {!done && step !== 'backup' && !(step === 'sensor' && rooms.value?.length === 0) && (
        <a class="button" href={addresses[step]}>
          {say().act[step]}
        </a>
      )}
      {!done && step === 'backup' && (
        <Action isBusy={isBusy.value} onAct={() => void run(() => changeChecklist({ backup: true }))}>
          {say().act.backup}
        </Action>
      )}
    </li>
  )
}
