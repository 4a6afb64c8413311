import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { SelectField, TextField } from '../../parts/field.tsx'
import { shownUnit } from '../../words/numbers.ts'
import { unitOf } from '../../words/units.ts'
import { needsLimit } from './draft.ts'
import type { FieldsProps } from './problems.ts'
import { channelNames } from './state.ts'
import { say } from './words.ts'

const noDatas = ['keep', 'alert', 'ignore'] as const
const here = ['recover', 'keepFiringFor', 'noData', 'repeat', 'channels', 'message'] as const

/** Fields with good defaults; they unfold if one of them has a problem. */
export function More({ draft, problems, set }: FieldsProps) {
  const unit = shownUnit(unitOf(draft.quantity))
  const isOpen = useSignal(false)
  useEffect(() => {
    if (here.some((field) => problems.has(field))) isOpen.value = true
  }, [problems])
  return (
    <details open={isOpen.value} onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{say().more}</summary>
      <div class="fields">
        {needsLimit(draft.condition) && (
          <>
            <TextField
              label={unit === '' ? say().recover : `${say().recover} (${unit})`}
              hint={say().recoverHint}
              problem={problems.get('recover')}
              type="number"
              value={draft.recover}
              onType={(recover) => set({ recover })}
            />
            <SelectField
              label={say().noData}
              hint={say().noDataHint}
              problem={problems.get('noData')}
              value={draft.noData}
              choices={noDatas.map((one) => [one, say().noDatas[one]] as const)}
              onPick={(noData) => set({ noData })}
            />
          </>
        )}
        <TextField
          label={say().keepFiringFor}
          problem={problems.get('keepFiringFor')}
          type="number"
          value={draft.keepFiringFor}
          onType={(keepFiringFor) => set({ keepFiringFor })}
        />
        <TextField
          label={say().repeat}
          hint={say().repeatHint}
          problem={problems.get('repeat')}
          value={draft.repeat}
          onType={(repeat) => set({ repeat })}
        />
        <TextField
          label={say().messageEn}
          hint={say().messageHint}
          problem={problems.get('message')}
          maxLength={500}
          value={draft.en}
          onType={(en) => set({ en })}
        />
        <TextField label={say().messageZh} hint={say().messageHint} maxLength={500} value={draft.zh} onType={(zh) => set({ zh })} />
      </div>
      <Channels draft={draft} problems={problems} set={set} />
    </details>
  )
}

function Channels({ draft, problems, set }: FieldsProps) {
  const names = [...new Set([...channelNames.value, ...draft.channels])]
  const wrong = problems.get('channels')
  if (names.length === 0) return null
  const toggle = (name: string) =>
    set({ channels: draft.channels.includes(name) ? draft.channels.filter((one) => one !== name) : [...draft.channels, name] })
  return (
    <fieldset class="row rule-channels">
      <legend class="form-label">{say().channels}</legend>
      {names.map((name) => (
        <label key={name}>
          <input type="checkbox" checked={draft.channels.includes(name)} onChange={() => toggle(name)} /> {name}
        </label>
      ))}
      <p class="small quiet">{say().channelsHint}</p>
      {wrong !== undefined && <p class="small error">{wrong}</p>}
    </fieldset>
  )
}
