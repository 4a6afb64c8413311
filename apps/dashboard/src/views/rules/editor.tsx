import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { Refused } from '../../monitor/ask.ts'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { problem } from '../../words/problem.ts'
import { bodyOf, type Draft, draftOf, type Preset, presets } from './draft.ts'
import { More } from './more-fields.tsx'
import { problemsOf } from './problems.ts'
import { Simple } from './simple-fields.tsx'
import { type Rule, remove, save } from './state.ts'
import { Trial } from './trial.tsx'
import { say } from './words.ts'

/** What every group of fields gets. */
export interface DraftProps {
  draft: Draft
  problems: ReadonlyMap<string, string>
  set(change: Partial<Draft>): void
}

/** Writes a rule, new (`rule` is null) or known, and tries it out before it holds. */
export function Editor({ rule }: { rule: Rule | null }) {
  const draft = useSignal<Draft>(draftOf(rule ?? presets.blank))
  const wrong = useSignal<unknown>(null)
  const set = (change: Partial<Draft>) => (draft.value = { ...draft.value, ...change })
  const { fields, rest } = problemsOf(wrong.value instanceof Refused ? wrong.value.message : '')

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    wrong.value = null
    try {
      await save(draft.value.name.trim(), bodyOf(draft.value))
      announce(say().saved)
      location.hash = href('rules')
    } catch (error) {
      wrong.value = error
    }
  }

  async function drop(known: Rule): Promise<void> {
    try {
      await remove(known)
      announce(known.builtIn ? say().restored : say().removed)
      location.hash = href('rules')
    } catch (error) {
      wrong.value = error
    }
  }

  const props: DraftProps = { draft: draft.value, problems: fields, set }
  return (
    <>
      <a class="rules-back" href={href('rules')}>
        <Icon name="back" size={18} /> {say().back}
      </a>
      <div class="head">
        <h1>{rule?.name ?? say().newTitle}</h1>
      </div>
      {rule === null && <Presets onPick={(preset) => (draft.value = draftOf(presets[preset]))} />}
      <form class="card rule-form" onSubmit={(event) => void submit(event)}>
        <Simple {...props} isNew={rule === null} />
        <More {...props} />
        {wrong.value !== null && (fields.size === 0 || rest !== '') && (
          <p class="trouble" role="alert">
            {rest || problem(wrong.value)}
          </p>
        )}
        <div class="dialog-buttons">
          {rule !== null && (!rule.builtIn || rule.changed !== null) && (
            <button type="button" class="button danger" onClick={() => void drop(rule)}>
              {rule.builtIn ? say().restore : say().remove}
            </button>
          )}
          <button type="submit" class="button primary">
            {frame().save}
          </button>
        </div>
      </form>
      {draft.value.condition !== 'offline' && <Trial draft={draft.value} />}
    </>
  )
}

function Presets({ onPick }: { onPick(preset: Preset): void }) {
  return (
    <fieldset class="presets">
      <legend class="quiet small">{say().presets}</legend>
      {(Object.keys(presets) as Preset[]).map((preset) => (
        <button key={preset} type="button" class="button" onClick={() => onPick(preset)}>
          {say().presetNames[preset]}
        </button>
      ))}
    </fieldset>
  )
}
