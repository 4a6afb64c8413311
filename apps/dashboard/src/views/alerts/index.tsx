import { useComputed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { silencing } from '../../frame/silencing.tsx'
import { acknowledge } from '../../monitor/acknowledge.ts'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Untold } from '../../parts/untold.tsx'
import { frame } from '../../words/frame.ts'
import './alerts.css'
import { History } from './history.tsx'
import { Item } from './item.tsx'
import { loadRuleNames } from './names.ts'
import { Silences } from './silences.tsx'
import { firing, load, loadSoon, pending, wrong } from './state.ts'
import { say } from './words.ts'

/** Firing, pending and resolved alerts, and silences. */
export default function Alerts() {
  // Each new connection reloads, because events may have been missed.
  useEffect(() => {
    void load()
    // Without an answer, the rule names of the shown alerts are used.
    loadRuleNames().catch(() => {})
  }, [connections.value])
  useEffect(() => onEvent('alert', loadSoon), [])
  const isWell = useComputed(() => firing.value?.length === 0)
  return (
    <>
      <div class="head">
        <h1>{frame().views.alerts}</h1>
        <div class="row">
          <AcknowledgeAll />
          <button type="button" class="button" onClick={() => (silencing.value = { room: null, rule: null })}>
            {say().newSilence}
          </button>
        </div>
      </div>
      <ErrorText of={wrong.value} />
      <Untold />
      <section aria-labelledby="alerts-firing">
        <h2 id="alerts-firing" class="unseen">
          {say().firing}
        </h2>
        {isWell.value && (
          <p class="card row good all-well">
            <Icon name="check" /> {say().allWell}
          </p>
        )}
        <ul class="cards">
          {firing.value?.map((alert) => (
            <Item key={alert.id} alert={alert} />
          ))}
        </ul>
      </section>
      {pending.value.length > 0 && (
        <section class="part" aria-labelledby="alerts-pending">
          <h2 id="alerts-pending">{say().pending}</h2>
          <p class="quiet small">{say().pendingText}</p>
          <ul class="cards">
            {pending.value.map((alert) => (
              <Item key={alert.id} alert={alert} />
            ))}
          </ul>
        </section>
      )}
      <Silences />
      <History />
    </>
  )
}

/** For a storm: one press instead of one for each alert. */
function AcknowledgeAll() {
  const { wrong, isBusy, run } = useRequest()
  const open = firing.value?.filter(({ acknowledged }) => acknowledged === null) ?? []
  const all = () =>
    run(async () => {
      await acknowledge(open)
      await load()
      announce(say().acknowledging)
      document.getElementById('content')?.focus({ preventScroll: true })
    })
  if (open.length < 2) return null
  return (
    <>
      <Action isBusy={isBusy.value} onAct={() => void all()}>
        <Icon name="check" size={18} /> {frame().acknowledgeAll}
      </Action>
      <ErrorText of={wrong.value} />
    </>
  )
}
