import { signal, useComputed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { Icon } from '../../parts/icon.tsx'
import { frame } from '../../words/frame.ts'
import './alerts.css'
import { History } from './history.tsx'
import { Item } from './item.tsx'
import { loadRuleNames } from './names.ts'
import { SilenceDialog, type Wanted } from './silence-dialog.tsx'
import { Silences } from './silences.tsx'
import { firing, load, loadSoon, pending, wrong } from './state.ts'
import { say } from './words.ts'

/** Subject of the open silence dialog; null: no dialog. */
const silencing = signal<Wanted | null>(null)

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
        <button type="button" class="button" onClick={() => (silencing.value = { room: null, rule: null })}>
          {say().newSilence}
        </button>
      </div>
      <ErrorText of={wrong.value} />
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
            <Item key={alert.id} alert={alert} onSilence={(wanted) => (silencing.value = wanted)} />
          ))}
        </ul>
      </section>
      {pending.value.length > 0 && (
        <section class="part" aria-labelledby="alerts-pending">
          <h2 id="alerts-pending">{say().pending}</h2>
          <p class="quiet small">{say().pendingText}</p>
          <ul class="cards">
            {pending.value.map((alert) => (
              <Item key={alert.id} alert={alert} onSilence={(wanted) => (silencing.value = wanted)} />
            ))}
          </ul>
        </section>
      )}
      <Silences />
      <History />
      {silencing.value && <SilenceDialog wanted={silencing.value} onClose={() => (silencing.value = null)} />}
    </>
  )
}
