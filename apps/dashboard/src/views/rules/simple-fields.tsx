import { conditions, ruleLengths } from '@hearthwatch/api/rule-bounds'
import { severities } from '@hearthwatch/api/severity'
import { byImportance } from '@hearthwatch/protocol/quantities'
import { rooms } from '../../monitor/rooms.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { shownUnit } from '../../words/numbers.ts'
import { quantityName } from '../../words/quantities.ts'
import { unitOf } from '../../words/units.ts'
import { isChange, needsLimit } from './draft.ts'
import type { FieldsProps } from './problems.ts'
import { RoomsField } from './rooms-field.tsx'
import { say } from './words.ts'

/** The fields that most rules need. */
export function Simple({ draft, problems, set, id, isNew }: FieldsProps & { id: string; isNew: boolean }) {
  const { condition, quantity } = draft
  const unit = shownUnit(unitOf(quantity))
  const inUnit = (label: string) => (unit === '' ? label : `${label} (${unit})`)
  const limitLabel = condition === 'outside' ? say().low : isChange(condition) ? say().amount : say().limit
  return (
    <div class="fields">
      <TextField
        label={say().name}
        hint={say().idHint(id)}
        problem={problems.get('title') ?? problems.get('name')}
        value={draft.title}
        required={isNew}
        maxLength={ruleLengths.title}
        onType={(title) => set({ title })}
      />
      {condition !== 'offline' && (
        <SelectField
          label={say().quantity}
          problem={problems.get('quantity')}
          value={quantity}
          choices={quantityChoices(quantity, condition === 'silent')}
          onPick={(picked) => set({ quantity: picked })}
        />
      )}
      <SelectField
        label={say().condition}
        problem={problems.get('condition')}
        value={condition}
        choices={conditions.map((one) => [one, say().conditions[one]] as const)}
        onPick={(picked) => set({ condition: picked })}
      />
      {needsLimit(condition) && (
        <TextField
          label={inUnit(limitLabel)}
          problem={problems.get('limit')}
          type="number"
          value={draft.low}
          onType={(low) => set({ low })}
        />
      )}
      {condition === 'outside' && (
        <TextField label={inUnit(say().high)} type="number" value={draft.high} onType={(high) => set({ high })} />
      )}
      {isChange(condition) && (
        <TextField
          label={say().window}
          problem={problems.get('window')}
          type="number"
          value={draft.window}
          onType={(window) => set({ window })}
        />
      )}
      <TextField
        label={say().for}
        hint={condition === 'silent' ? undefined : say().forHint}
        problem={problems.get('for')}
        type="number"
        value={draft.for}
        onType={(hold) => set({ for: hold })}
      />
      <SelectField
        label={say().severity}
        problem={problems.get('severity')}
        value={draft.severity}
        choices={severities.map((one) => [one, say().severities[one]] as const)}
        onPick={(severity) => set({ severity })}
      />
      <RoomsField value={draft.rooms} problem={problems.get('rooms')} onType={(where) => set({ rooms: where })} />
    </div>
  )
}

/** All measured quantities, and the one of the rule. */
function quantityChoices(chosen: string, orAny: boolean): (readonly [string, string])[] {
  const measured = (rooms.value ?? []).flatMap(({ quantities }) => Object.keys(quantities))
  const names = [...new Set(['temperature', ...measured, chosen])].filter((name) => name !== '').sort(byImportance)
  const choices = names.map((name) => [name, quantityName(name)] as const)
  return orAny || chosen === '' ? [['', say().anyQuantity], ...choices] : choices
}
