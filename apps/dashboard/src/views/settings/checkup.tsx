import type { Findings } from '@hearthwatch/api/doctor'
import { useSignal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { language } from '../../words/language.ts'
import { say } from './words.ts'

const marks = { error: '✗', warning: '!', skipped: '–', ok: '✓' } as const

/** The findings of the monitor's doctor, those with a fault first. */
export function Checkup() {
  const found = useSignal<Findings['findings'] | null>(null)
  const state = useSignal<'idle' | 'busy' | 'failed'>('idle')

  async function check() {
    state.value = 'busy'
    try {
      found.value = (await ask<Findings>(`api/doctor?language=${language.value}`)).findings
      state.value = 'idle'
    } catch {
      state.value = 'failed'
    }
  }

  const all = found.value ?? []
  const faults = all.filter(({ level }) => level === 'error' || level === 'warning')
  const others = all.filter(({ level }) => level === 'ok' || level === 'skipped')
  return (
    <div class="checkup">
      <button type="button" class="button" disabled={state.value === 'busy'} onClick={() => void check()}>
        {state.value === 'busy' ? say().checking : say().checkNow}
      </button>
      <div role="status">
        {state.value === 'failed' && <p class="notice">{say().notChecked}</p>}
        {found.value !== null && <p>{say().checked(faults.length, others.filter(({ level }) => level === 'skipped').length)}</p>}
      </div>
      <List findings={faults} />
      {others.length > 0 && (
        <details>
          <summary>{say().otherChecks(others.length)}</summary>
          <List findings={others} />
        </details>
      )}
    </div>
  )
}

function List({ findings }: { findings: Findings['findings'] }) {
  if (findings.length === 0) return null
  return (
    <ul class="findings">
      {findings.map(({ id, level, what, why, do: remedy }) => (
        <li key={`${id} ${what}`} class={level}>
          <p>
            <span aria-hidden="true">{marks[level]}</span> <span class="unseen">{say().levels[level]}</span>
            <Foreign text={what} />
          </p>
          {why !== '' && (
            <p class="quiet small">
              <Foreign text={why} />
            </p>
          )}
          {remedy !== '' && (
            <p class="small">
              → <Foreign text={remedy} />
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}
