import type { Alert } from '@hearthwatch/api/alerts'
import { now } from '../../monitor/ask.ts'
import { isLarge } from '../../monitor/rooms.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { RoomField } from '../../parts/room-field.tsx'
import { hrefAt } from '../../route.ts'
import { alertMatter, alertPlace, roomName } from '../../words/alert-sentence.ts'
import { figureWithUnit } from '../../words/numbers.ts'
import { duration, minute } from '../../words/times.ts'
import { unitOf } from '../../words/units.ts'
import { Flags } from './item.tsx'
import { roomNames, ruleName, ruleNames } from './names.ts'
import { choice, choose, hasMore, loadOlder, past } from './past.ts'
import { say } from './words.ts'

/** Resolved alerts, the newest first. */
export function History() {
  const { wrong, isBusy, run } = useRequest()
  // Only the last choice counts, even if earlier requests are still running.
  const pick = (change: Partial<typeof choice.value>) => {
    wrong.value = null
    choose(change).catch((error) => (wrong.value = error))
  }
  const { room, rule } = choice.value
  const all = past.value
  const isChosen = room !== '' || rule !== ''
  if (all === null && !isChosen) return null
  return (
    <section class="part" aria-labelledby="alerts-history">
      <div class="head">
        <h2 id="alerts-history">{say().history}</h2>
        {(isChosen || all?.length !== 0) && (
          <div class="row history-choice">
            {isLarge.value ? (
              <RoomField label={say().room} value={room} every={say().every} choices={[]} onPick={(picked) => pick({ room: picked })} />
            ) : (
              <Choice
                label={say().room}
                chosen={room}
                choices={roomNames.value.map((one) => [one, roomName(one)] as const)}
                onPick={(picked) => pick({ room: picked })}
              />
            )}
            <Choice
              label={say().rule}
              chosen={rule}
              choices={ruleNames.value.map((one) => [one, ruleName(one)] as const)}
              onPick={(picked) => pick({ rule: picked })}
            />
          </div>
        )}
      </div>
      {all?.length === 0 && <p class="empty">{isChosen ? say().noMatch : say().noHistory}</p>}
      {all !== null && all.length > 0 && (
        <ol class="history card marked-list">
          {all.map((alert) => (
            <Past key={alert.id} alert={alert} />
          ))}
        </ol>
      )}
      <ErrorText of={wrong.value} />
      {hasMore.value && (
        <Action reads isBusy={isBusy.value} onAct={() => void run(loadOlder)}>
          {say().older}
        </Action>
      )}
    </section>
  )
}

function Past({ alert }: { alert: Alert }) {
  // Like the mails: since the limit was crossed, not since the alert fired.
  const start = alert.started
  return (
    <li class={alert.severity}>
      <p>
        <strong>
          <Foreign text={alertPlace(alert)} />
        </strong>{' '}
        <Foreign text={alertMatter(alert)} /> <Flags alert={alert} />
      </p>
      <p class="quiet small">
        <time dateTime={new Date(start).toISOString()}>{minute(start)}</time>
        {alert.resolved !== null && ` · ${say().lasted} ${duration(alert.resolved - start)}`}
        {alert.peak !== null && ` · ${say().peak(figureWithUnit(alert.peak, unitOf(alert.quantity ?? ''), alert.limit))}`} ·{' '}
        <Foreign text={ruleName(alert.rule)} />
        {alert.room !== null && (
          <>
            {' · '}
            <a href={hrefAt(alert.room, start, alert.resolved ?? now())}>{say().chart}</a>
          </>
        )}
      </p>
    </li>
  )
}

interface ChoiceProps {
  label: string
  chosen: string
  choices: readonly (readonly [string, string])[]
  onPick(choice: string): void
}

function Choice({ label, chosen, choices, onPick }: ChoiceProps) {
  return (
    <label class="row quiet small">
      <span>{label}</span>
      <select value={chosen} onChange={(event) => onPick(event.currentTarget.value)}>
        <option value="">{say().every}</option>
        {choices.map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
