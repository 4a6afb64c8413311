import { useSignal } from '@preact/signals'
import { number } from '../../words/numbers.ts'
import { Entry } from './entry.tsx'
import { matches } from './filter.ts'
import { clear, isPaused, missed, packets, pause, resume, state, waiting } from './packet-list.ts'
import { say } from './words.ts'

/** The packets, the newest first. Opening one pauses the list, so that it does not move. */
export function List({ filter }: { filter: string }) {
  const open = useSignal<ReadonlySet<number>>(new Set())
  const shown = packets.value.filter(({ topic }) => matches(filter, topic))

  function toggle(key: number): void {
    const next = new Set(open.value)
    if (next.delete(key)) {
      open.value = next
      return
    }
    open.value = next.add(key)
    pause()
  }

  return (
    <section aria-label={say().list}>
      <div class="head wire-head">
        <p
          class={`dot ${state.value === 'lost' ? 'is-off' : state.value === 'live' && !isPaused.value ? 'is-on' : 'is-unknown'}`}
          role="status"
        >
          {isPaused.value ? say().halted : say().states[state.value]}
        </p>
        <div class="wire-buttons">
          <button type="button" class="button" onClick={() => (isPaused.value ? resume() : pause())}>
            {!isPaused.value ? say().halt : waiting.value > 0 ? say().goOnWith(number(waiting.value)) : say().goOn}
          </button>
          <button type="button" class="button" onClick={clear}>
            {say().clear}
          </button>
        </div>
      </div>
      {missed.value > 0 && <p class="quiet small">{say().missed(number(missed.value))}</p>}
      {shown.length === 0 ? (
        <p class="empty">{packets.value.length === 0 ? say().nothing : say().nothingHere}</p>
      ) : (
        <ol class="accordion wire-list">
          {shown.map((packet) => (
            <Entry key={packet.key} packet={packet} isOpen={open.value.has(packet.key)} onToggle={() => toggle(packet.key)} />
          ))}
        </ol>
      )}
    </section>
  )
}
