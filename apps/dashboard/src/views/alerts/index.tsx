import { signal, useComputed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { fresh } from '../../monitor/state.ts'
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

/** What somebody is about to silence; null: nothing. */
const silencing = signal<Wanted | null>(null)

/** What is the matter, what might be, and what was. */
export default function Alerts() {
  // Whenever the page has been cut off it looks for what it missed.
  useEffect(() => {
    void load()
    // Those that are seen in alerts are known without it.
    loadRuleNames().catch(() => {})
  }, [fresh.value])
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
          <p class="all-well">
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
        <section class="alerts-part" aria-labelledby="alerts-pending">
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
