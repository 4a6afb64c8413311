import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

export interface FieldProps {
  label: string
  hint?: string | undefined
  /** What the monitor says is wrong with it. */
  problem?: string | undefined
}

/** A label, what belongs under it, and what is wrong with it. */
function Field({ id, label, hint, problem, children }: FieldProps & { id: string; children: ComponentChildren }) {
  return (
    <div class={problem === undefined ? 'rule-field' : 'rule-field is-wrong'}>
      <label htmlFor={id}>{label}</label>
      {children}
      <div id={`${id}-about`}>
        {hint !== undefined && <small class="quiet">{hint}</small>} {problem !== undefined && <small class="trouble">{problem}</small>}
      </div>
    </div>
  )
}

export function TextField(props: FieldProps & { value: string; isNumber?: boolean; onType(value: string): void }) {
  const { value, isNumber = false, onType, ...field } = props
  const id = useId()
  return (
    <Field {...field} id={id}>
      <input
        id={id}
        {...(isNumber ? { type: 'number', step: 'any' } : { type: 'text' })}
        value={value}
        autocomplete="off"
        aria-invalid={field.problem !== undefined}
        aria-describedby={`${id}-about`}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </Field>
  )
}

export function SelectField<C extends string>(
  props: FieldProps & { value: C; choices: readonly (readonly [C, string])[]; onPick(value: C): void },
) {
  const { value, choices, onPick, ...field } = props
  const id = useId()
  return (
    <Field {...field} id={id}>
      <select id={id} value={value} aria-describedby={`${id}-about`} onChange={(event) => onPick(event.currentTarget.value as C)}>
        {choices.map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  )
}
