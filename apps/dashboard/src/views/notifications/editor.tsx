import type { ChannelField, ChannelKind } from '@hearthwatch/api/channels'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { Refused } from '../../monitor/ask.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { fieldProblem } from '../../words/field-problem.ts'
import { language } from '../../words/language.ts'
import { Preview } from './preview.tsx'
import { save } from './state.ts'
import { Steps } from './steps.tsx'
import { say } from './words.ts'

/** A channel that is edited: its name, and the secrets that are set. */
export interface Edited {
  name: string
  kind: string
  fields: Readonly<Record<string, string>>
  secrets: readonly string[]
}

/** The form of a channel. All its fields and words come from the monitor. */
export function ChannelEditor({ kinds, edited, onClose }: { kinds: readonly ChannelKind[]; edited: Edited | null; onClose(): void }) {
  const chosen = useSignal(edited?.kind ?? kinds[0]?.kind ?? '')
  const name = useSignal(edited?.name ?? '')
  const values = useSignal<Readonly<Record<string, string | null>>>(edited?.fields ?? {})
  const problems = useSignal<Readonly<Record<string, string>>>({})
  const isPreviewed = useSignal(false)
  const kind = kinds.find((one) => one.kind === chosen.value)
  if (kind === undefined) return null
  const title = kind.title[language.value]
  const usual = kind.fields.filter(({ more }) => !more)
  const more = kind.fields.filter((field) => field.more)

  const entered = ({ name, preset }: ChannelField) => values.value[name] ?? (edited === null ? preset : null) ?? ''

  async function send(): Promise<void> {
    const given = kind?.fields.map((field) => [field.name, values.value[field.name] === null ? null : entered(field)] as const) ?? []
    try {
      await save(name.value.trim() || chosen.value, chosen.value, Object.fromEntries(given), edited !== null)
    } catch (error) {
      if (!(error instanceof Refused) || error.fields.length === 0) throw error
      problems.value = Object.fromEntries(error.fields.map((wrong) => [wrong.field, problemOf(wrong)]))
      throw new Error(say().correct)
    }
    announce(say().saved)
    onClose()
  }

  function problemOf(wrong: Refused['fields'][number]): string {
    const isKept = edited?.secrets.includes(wrong.field) === true
    return wrong.problem === 'missing' && isKept ? say().secretAgain : fieldProblem(wrong)
  }

  const draw = (field: ChannelField) => (
    <Field
      key={field.name}
      field={field}
      value={entered(field)}
      isSet={edited?.secrets.includes(field.name) === true && values.value[field.name] !== null}
      problem={problems.value[field.name]}
      onChange={(value) => (values.value = { ...values.value, [field.name]: value })}
    />
  )

  return (
    <FormDialog
      title={edited === null ? say().add : say().editTitle(edited.name)}
      byStatus={{ 403: say().notAPerson }}
      onSend={send}
      onClose={onClose}
      isSticky
    >
      {edited === null && (
        <div class="fields">
          <SelectField
            label={say().service}
            value={chosen.value}
            choices={kinds.map((one) => [one.kind, one.title[language.value]] as const)}
            onPick={(picked) => {
              chosen.value = picked
              problems.value = {}
              isPreviewed.value = false
            }}
          />
          <TextField
            label={say().name}
            hint={say().nameHint}
            placeholder={chosen.value}
            maxLength={32}
            problem={problems.value.name}
            value={name.value}
            onType={(typed) => (name.value = typed)}
          />
        </div>
      )}
      {kind.steps.length > 0 && <Steps kind={kind} isOpen={edited === null} />}
      {usual.map(draw)}
      <details class="more-fields" open={usual.length === 0}>
        <summary>{say().moreFields}</summary>
        {more.map(draw)}
      </details>
      <button type="button" class="button" aria-expanded={isPreviewed.value} onClick={() => (isPreviewed.value = !isPreviewed.value)}>
        {isPreviewed.value ? say().hidePreview : say().preview}
      </button>
      {isPreviewed.value && <Preview kind={kind.kind} title={title} />}
    </FormDialog>
  )
}

interface ChannelFieldProps {
  field: ChannelField
  value: string
  /** True for a secret that the monitor has. */
  isSet: boolean
  problem: string | undefined
  /** null removes a secret. */
  onChange(value: string | null): void
}

function Field({ field, value, isSet, problem, onChange }: ChannelFieldProps) {
  const { label, hint, example, choices, optional, secret } = field
  const own = {
    label: optional ? say().optional(label[language.value]) : label[language.value],
    hint: hint?.[language.value],
    problem,
    value,
  }
  if (choices !== null)
    return (
      <SelectField
        {...own}
        value={value || (choices[0]?.value ?? '')}
        choices={choices.map((choice) => [choice.value, choice.label[language.value]] as const)}
        onPick={onChange}
      />
    )
  return (
    <>
      <TextField
        {...own}
        type={secret ? 'secret' : 'text'}
        placeholder={isSet ? say().secretSet : (example ?? '')}
        maxLength={2000}
        onType={onChange}
      />
      {isSet && optional && (
        <button type="button" class="button is-small" onClick={() => onChange(null)}>
          {say().removeSecret(label[language.value])}
        </button>
      )}
    </>
  )
}
