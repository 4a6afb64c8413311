import type { Signal } from '@preact/signals'

export interface ChoicesProps<C extends string> {
  label: string
  chosen: Signal<C>
  choices: readonly (readonly [C, string])[]
}

/** A few choices side by side, of which one is chosen. */
export function Choices<C extends string>({ label, chosen, choices }: ChoicesProps<C>) {
  return (
    <fieldset class="choices" aria-label={label}>
      {choices.map(([choice, name]) => (
        <button
          key={choice}
          type="button"
          aria-pressed={chosen.value === choice}
          onClick={() => {
            chosen.value = choice
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}
