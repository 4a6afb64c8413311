import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isFilter, levelsOf } from './filter.ts'
import { say } from './words.ts'

export interface FilterFieldProps {
  /** The filter in the address. */
  asked: string
  /** The filter in use: the last valid one. */
  filter: string
  onFilter(filter: string): void
}

/** A field for a topic filter that explains each level of the filter. */
export function FilterField({ asked, filter, onFilter }: FilterFieldProps) {
  const typed = useSignal(asked)
  // The back button changes the address.
  useEffect(() => {
    if (isFilter(typed.value)) typed.value = asked
  }, [asked])
  const isRight = isFilter(typed.value)

  function take(next: string): void {
    typed.value = next
    onFilter(next)
  }

  return (
    <section class="card stack wire-filter">
      <label for="wire-filter">{say().filter}</label>
      <input
        id="wire-filter"
        type="text"
        class="wire-code"
        value={typed.value}
        maxLength={1024}
        spellcheck={false}
        autocapitalize="none"
        autocomplete="off"
        aria-invalid={!isRight}
        aria-describedby="wire-hint wire-explained"
        onInput={(event) => take(event.currentTarget.value)}
      />
      <p id="wire-hint" class="quiet small">
        {say().filterHint}
      </p>
      <fieldset class="chips wire-presets">
        <legend class="unseen">{say().presets}</legend>
        {Object.entries(say().presetNames).map(([preset, name]) => (
          <button key={preset} type="button" class="chip" aria-pressed={typed.value === preset} onClick={() => take(preset)}>
            <code>{preset}</code> <span>{name}</span>
          </button>
        ))}
      </fieldset>
      <div id="wire-explained" aria-live="polite">
        <Explained filter={typed.value} />
        {!isRight && <p class="quiet small">{say().showsLast(filter)}</p>}
      </div>
    </section>
  )
}

function Explained({ filter }: { filter: string }) {
  if (filter === '') return <p class="error">{say().emptyFilter}</p>
  return (
    <ol class="stack wire-levels">
      {levelsOf(filter).map(({ text, kind }, i) => (
        <li key={i} class={kind === 'mixed' || kind === 'not-last' ? 'is-wrong' : `is-${kind}`}>
          <code class="wire-chip">{text === '' ? '·' : <bdi>{text}</bdi>}</code> <span>{say().levels[kind]}</span>
        </li>
      ))}
    </ol>
  )
}
