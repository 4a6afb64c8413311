import type { Device } from '@hearthwatch/api/devices'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { called } from '../../monitor/commands.ts'
import { isLarge, rooms } from '../../monitor/rooms.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { TextField } from '../../parts/field.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { giveRoom } from './state.ts'
import { say } from './words.ts'

/** The room of a device, its conflicts, and their solution by a person. */
export function Place({ id, room, device: { confirmed, problems, foreign } }: { id: string; room: string; device: Device }) {
  const typed = useSignal('')
  const { wrong, isBusy, run } = useRequest()
  const give = (chosen: string) =>
    run(async () => {
      await giveRoom(id, chosen)
      typed.value = ''
      announce(say().roomGiven(chosen))
    })
  // Of a large house no button for each room: the field below takes any name.
  const others = isLarge.value ? [] : (rooms.value ?? []).map((one) => one.room).filter((one) => one !== room)
  function submit(event: Event): void {
    event.preventDefault()
    if (typed.value.trim() !== '') void give(typed.value.trim())
  }
  return (
    <section class="card" aria-labelledby="place">
      <h2 id="place">{say().place}</h2>
      <p>{say().placeOf(room)}</p>
      <p class="quiet small">{confirmed ? say().placeKnown : foreign === null ? say().placeText : say().placeFrom[foreign.roomFrom]}</p>
      {foreign !== null && !confirmed && (
        <p class="chips">
          {others.map((other) => (
            <Action key={other} isBusy={isBusy.value} onAct={() => void give(other)}>
              <Foreign text={roomName(other)} />
            </Action>
          ))}
        </p>
      )}
      {problems.length > 0 && (
        <ul class="small device-conflicts">
          {problems.map((problem) => (
            <li key={`${problem.problem} ${problem.topic} ${problem.room}`}>{called(say().problems[problem.problem](problem))}</li>
          ))}
        </ul>
      )}
      {!confirmed && (
        <Action isBusy={isBusy.value} onAct={() => void give(room)}>
          {say().confirm}
        </Action>
      )}
      <form class="form" onSubmit={submit}>
        <TextField label={say().move} value={typed.value} onType={(value) => (typed.value = value)} />
        <Action type="submit" isBusy={isBusy.value} disabled={typed.value.trim() === ''}>
          {say().give}
        </Action>
      </form>
      <ErrorText of={wrong.value} />
    </section>
  )
}
