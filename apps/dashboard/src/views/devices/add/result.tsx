import type { NewSensor } from '@hearthwatch/api/sensors'
import { Copyable } from '../../../parts/copyable.tsx'
import { Code } from './code.tsx'
import type { SetupLine } from './setup-line.ts'
import { WaitingForGateway, WaitingForLogin, WaitingForRoom } from './waiting.tsx'
import { say } from './words.ts'

/** The commands and the configuration of a sensor, and the wait for its first reading. */
export function Result({ of: made, onClose }: { of: NewSensor | SetupLine; onClose(): void }) {
  return (
    <div class="column add-result">
      {'command' in made ? <ByHand line={made} /> : <Made sensor={made} />}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {say().done}
        </button>
      </div>
    </div>
  )
}

function ByHand({ line }: { line: SetupLine }) {
  return (
    <>
      <p>{line.kind === 'card' ? say().steps.card[0] : say().byHand}</p>
      <Copyable text={line.command} />
      {line.room !== null && <WaitingForRoom room={line.room} />}
    </>
  )
}

function Made({ sensor }: { sensor: NewSensor }) {
  const { kind, snippets, local } = sensor
  const steps = say().steps[kind]
  return (
    <>
      {local && <p class="add-note warning">{say().local}</p>}
      <ol class="column add-steps">
        {snippets.map(({ file, text }, i) => (
          <li key={text}>
            <p>{steps[i]}</p>
            {file !== null && <p class="quiet small">{file}</p>}
            <Copyable text={text} />
          </li>
        ))}
      </ol>
      {kind !== 'card' && <p class="quiet small">{say().once}</p>}
      <Code sensor={sensor} />
      {sensor.room === null ? <WaitingForGateway id={sensor.id} /> : <WaitingForLogin id={sensor.id} room={sensor.room} />}
    </>
  )
}
