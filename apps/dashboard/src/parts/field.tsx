import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import './field.css'

export interface FieldProps {
  label: string
  hint?: string | undefined
  /** The problem of the value, in words. */
  problem?: string | undefined
}

/** A label with its field, problem and hint. Fields side by side are aligned, however long their labels are. */
function Field({ id, label, hint, problem, children }: FieldProps & { id: string; children: ComponentChildren }) {
  return (
    <div class={problem === undefined ? 'field' : 'field is-wrong'}>
      <label htmlFor={id}>{label}</label>
      {children}
      <div id={`${id}-about`} class="field-about small">
        {problem !== undefined && <p class="error">{problem}</p>}
        {hint !== undefined && <p class="quiet">{hint}</p>}
      </div>
    </div>
  )
}

const kinds = {
  text: { type: 'text' },
  number: { type: 'number', step: 'any' },
  // Password managers must not offer the login of the page.
  secret: { type: 'password', autocomplete: 'new-password' },
  date: { type: 'date' },
  'datetime-local': { type: 'datetime-local' },
} as const

/** A field of a secret has no such attribute, so its type is not known here. */
const offering = (list: string): object => ({ list })

export interface TextFieldProps extends FieldProps {
  value: string
  type?: keyof typeof kinds
  placeholder?: string
  maxLength?: number
  required?: boolean
  /** Id of a `datalist` with values to choose from. */
  list?: string
  onType(value: string): void
}

export function TextField(props: TextFieldProps) {
  const { value, type = 'text', placeholder, maxLength, required, list, onType, ...field } = props
  const id = useId()
  return (
    <Field {...field} id={id}>
      <input
        id={id}
        autocomplete="off"
        {...kinds[type]}
        value={value}
        placeholder={placeholder}
        maxLength={maxLength}
        required={required}
        {...(list === undefined ? {} : offering(list))}
        aria-invalid={field.problem !== undefined}
        aria-describedby={`${id}-about`}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </Field>
  )
}

export interface SelectFieldProps<C extends string> extends FieldProps {
  value: C
  choices: readonly (readonly [C, string])[]
  onPick(value: C): void
}

export function SelectField<C extends string>({ value, choices, onPick, ...field }: SelectFieldProps<C>) {
  const id = useId()
  return (
    <Field {...field} id={id}>
      <select
        id={id}
        value={value}
        aria-invalid={field.problem !== undefined}
        aria-describedby={`${id}-about`}
        onChange={(event) => onPick(event.currentTarget.value as C)}
      >
        {choices.map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  )
}
