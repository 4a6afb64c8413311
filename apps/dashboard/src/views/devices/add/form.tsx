import { isGateway, type SensorKind, sensorKinds } from '@hearthwatch/api/sensor-kinds'
import type { NewSensor, SensorSetup } from '@hearthwatch/api/sensors'
import { isDeviceId, isName } from '@hearthwatch/protocol/names'
import { useSignal } from '@preact/signals'
import { ask, Refused } from '../../../monitor/ask.ts'
import { called } from '../../../monitor/commands.ts'
import { SelectField, TextField } from '../../../parts/field.tsx'
import { FormDialog } from '../../../parts/form-dialog.tsx'
import { fieldProblem } from '../../../words/field-problem.ts'
import { type SetupLine, setupLine } from './setup-line.ts'
import { say } from './words.ts'

type Field = 'room' | 'id'

/** Asks for the room and the kind of a new sensor. */
export function SensorForm({ onMade, onClose }: { onMade(made: NewSensor | SetupLine): void; onClose(): void }) {
  const room = useSignal('')
  const kind = useSignal<SensorKind>('card')
  const id = useSignal('')
  const problems = useSignal<Partial<Record<Field, string>>>({})

  async function send(): Promise<void> {
    const chosen = { room: room.value.trim(), id: id.value.trim(), kind: kind.value }
    problems.value = {
      ...(isGateway(chosen.kind) || isName(chosen.room) ? {} : { room: chosen.room === '' ? say().roomMissing : say().roomWrong }),
      ...(chosen.id === '' || isDeviceId(chosen.id) ? {} : { id: say().idWrong }),
    }
    if (Object.keys(problems.value).length > 0) return
    const { makesLogins } = await ask<SensorSetup>('api/sensors')
    const line = setupLine(chosen.kind, chosen.room, chosen.id)
    if (!makesLogins) return onMade({ ...line, command: called(line.command) })
    try {
      const body = {
        ...(isGateway(chosen.kind) ? {} : { room: chosen.room }),
        kind: chosen.kind,
        ...(chosen.id === '' ? {} : { id: chosen.id }),
      }
      onMade(await ask<NewSensor>('api/sensors', { method: 'POST', body }))
    } catch (error) {
      if (!(error instanceof Refused) || error.fields.length === 0) throw error
      problems.value = Object.fromEntries(
        error.fields.map((wrong) => [wrong.field, wrong.problem === 'not-allowed' ? say().roomPlain : fieldProblem(wrong)]),
      )
    }
  }

  return (
    <FormDialog
      title={say().add}
      label={say().next}
      byStatus={{ 403: say().notAPerson, 503: say().notStored }}
      onSend={send}
      onClose={onClose}
    >
      {!isGateway(kind.value) && (
        <TextField
          label={say().room}
          hint={say().roomHint}
          problem={problems.value.room}
          maxLength={64}
          value={room.value}
          onType={(typed) => (room.value = typed)}
        />
      )}
      <SelectField
        label={say().kind}
        hint={say().kindHints[kind.value]}
        value={kind.value}
        choices={sensorKinds.map((one) => [one, say().kinds[one]] as const)}
        onPick={(picked) => (kind.value = picked)}
      />
      <TextField
        label={say().id}
        hint={isGateway(kind.value) ? say().gatewayIdHint : say().idHint}
        problem={problems.value.id}
        maxLength={32}
        value={id.value}
        onType={(typed) => (id.value = typed)}
      />
    </FormDialog>
  )
}
