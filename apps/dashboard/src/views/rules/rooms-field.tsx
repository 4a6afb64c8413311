import { rooms } from '../../monitor/rooms.ts'
import { TextField } from '../../parts/field.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { patternOf, patternsOf } from './patterns.ts'
import { say } from './words.ts'

/** With more rooms than this, no buttons are shown. */
const most = 30

/** The rooms of a rule: typed as patterns, or chosen with a button per room. */
export function RoomsField({ value, problem, onType }: { value: string; problem: string | undefined; onType(value: string): void }) {
  const names = (rooms.value ?? []).map(({ room }) => room)
  const chosen = patternsOf(value)
  function toggle(pattern: string): void {
    const others = chosen.filter((one) => one !== pattern && one !== '*')
    onType((chosen.includes(pattern) ? others : [...others, pattern]).join(', '))
  }
  return (
    <div class="form rooms-field">
      <TextField label={say().rooms} hint={say().roomsHint} problem={problem} value={value} maxLength={500} onType={onType} />
      {names.length > 0 && names.length <= most && (
        <fieldset class="chips" aria-label={say().roomsTap}>
          {names.map((name) => {
            const pattern = patternOf(name)
            return (
              <button key={name} type="button" class="chip" aria-pressed={chosen.includes(pattern)} onClick={() => toggle(pattern)}>
                <Foreign text={roomName(name)} />
              </button>
            )
          })}
        </fieldset>
      )}
    </div>
  )
}
