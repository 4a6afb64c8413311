import type { ListedRule } from '@hearthwatch/api/rules'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { Refused } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/rooms.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href, route } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { titleOf } from '../../words/rule-title.ts'
import { bodyOf, type Draft, draftOf } from './draft.ts'
import { More } from './more-fields.tsx'
import { draftFrom, draftFromQuery } from './new-draft.ts'
import { NowTrueLine } from './now-true-line.tsx'
import { type Preset, presetNames } from './presets.ts'
import { type FieldsProps, problemsOf } from './problems.ts'
import { Remove } from './remove.tsx'
import { freeTitle, idOf } from './rule-id.ts'
import { Simple } from './simple-fields.tsx'
import { rules, save } from './state.ts'
import { Trial } from './trial.tsx'
import { say } from './words.ts'

/** Edits a rule (null: a new one) and tests it on the stored readings. */
export function Editor({ rule }: { rule: ListedRule | null }) {
  const others = (rules.value ?? []).filter((one) => one.name !== rule?.name)
  const ids = others.map(({ name }) => name)
  const taken = [...ids, ...others.map(titleOf)]
  const draftBy = (preset: Preset): Draft => ({
    ...draftFrom(preset, rooms.peek() ?? []),
    title: preset === 'blank' ? '' : freeTitle(say().presetNames[preset], taken),
  })
  const draft = useSignal<Draft>(rule === null ? draftOfLink() : draftOf(rule))
  const form = useRef<HTMLFormElement>(null)
  const { wrong, isBusy, run } = useRequest()
  /** A link may name a template: `#/rules/new?template=freezer`. */
  function draftOfLink(): Draft {
    const { query } = route.peek()
    const template = presetNames.find((name) => name === query.get('template'))
    return template === undefined ? draftFromQuery(query, taken) : draftBy(template)
  }
  const set = (change: Partial<Draft>) => (draft.value = { ...draft.value, ...change })
  const fields = useMemo(() => problemsOf(wrong.value instanceof Refused ? wrong.value.fields : [], draft.peek()), [wrong.value])
  const name = rule?.name ?? idOf(draft.value, ids)
  const isTaken = taken.includes(draft.value.title.trim())
  const problems = new Map(fields)
  if (isTaken) problems.set('title', say().wrong.taken)
  // Told at once: the last room was taken away, or the template fits none of this house.
  if (draft.value.rooms.trim() === '') problems.set('rooms', say().wrong.rooms)

  useEffect(() => {
    if (fields.size > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [fields])

  function submit(event: Event): void {
    event.preventDefault()
    if (isTaken || draft.value.rooms.trim() === '') return form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    void run(async () => {
      await save(name, bodyOf(draft.value))
      announce(say().saved)
      location.hash = href('rules')
    })
  }

  const props: FieldsProps = { draft: draft.value, problems, set }
  return (
    <>
      <a class="back" href={href('rules')}>
        <Icon name="back" size={18} /> {say().back}
      </a>
      <div class="head">
        <h1>
          <Foreign text={rule === null ? say().newTitle : titleOf(rule)} />
        </h1>
      </div>
      {rule === null && (
        <Presets
          onPick={(preset) => {
            draft.value = draftBy(preset)
            wrong.value = null
          }}
        />
      )}
      <form ref={form} class="card form rule-form" onSubmit={submit}>
        <Simple {...props} id={name} isNew={rule === null} />
        <More {...props} />
        {fields.size === 0 && <ErrorText of={wrong.value} byStatus={{ 409: say().full }} />}
        <NowTrueLine rule={bodyOf(draft.value)} />
        <div class="dialog-buttons">
          <label class="switch rule-on">
            <input
              type="checkbox"
              role="switch"
              aria-checked={draft.value.enabled}
              checked={draft.value.enabled}
              onChange={(event) => set({ enabled: event.currentTarget.checked })}
            />
            {say().on}
          </label>
          {rule !== null && (!rule.builtIn || rule.changed !== null) && <Remove rule={rule} />}
          <Action type="submit" look="primary" isBusy={isBusy.value}>
            {frame().save}
          </Action>
        </div>
      </form>
      {draft.value.condition !== 'offline' && <Trial draft={draft.value} onRefused={(error) => (wrong.value = error)} />}
    </>
  )
}

function Presets({ onPick }: { onPick(preset: Preset): void }) {
  return (
    <fieldset class="row presets">
      <legend class="quiet small">{say().presets}</legend>
      {presetNames.map((preset) => (
        <button key={preset} type="button" class="button" onClick={() => onPick(preset)}>
          {say().presetNames[preset]}
        </button>
      ))}
    </fieldset>
  )
}
