import type { Room } from '@hearthwatch/api/rooms'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { type Span, spans } from './span.ts'
import { say } from './words.ts'

export interface ToolbarProps {
  span: Span
  isZoomed: boolean
  /** In the form that the address has. */
  comparison: string
  others: readonly Room[]
  onSpan(span: Span): void
  onMove(part: number): void
  onScale(factor: number): void
  onReset(): void
  onCompare(comparison: string): void
}

/** Chooses the time span and the comparison. */
export function Toolbar({ span, isZoomed, comparison, others, onSpan, onMove, onScale, onReset, onCompare }: ToolbarProps) {
  return (
    <div class="row toolbar">
      <fieldset class="choices" aria-label={say().span}>
        {spans.map((one) => (
          <button key={one} type="button" aria-pressed={!isZoomed && one === span} onClick={() => onSpan(one)}>
            {say().spans[one]}
          </button>
        ))}
      </fieldset>
      <div class="toolbar-steps">
        <Step icon="left" label={say().earlier} onClick={() => onMove(-0.5)} />
        <Step icon="right" label={say().later} onClick={() => onMove(0.5)} disabled={!isZoomed} />
        <Step icon="minus" label={say().further} onClick={() => onScale(2)} />
        <Step icon="plus" label={say().closer} onClick={() => onScale(0.5)} />
        {isZoomed && (
          <button type="button" class="button" onClick={onReset}>
            {say().reset}
          </button>
        )}
      </div>
      <label class="quiet toolbar-compare">
        <span>{say().compare}</span>
        <select value={comparison} onChange={(event) => onCompare(event.currentTarget.value)}>
          <option value="">{say().nothing}</option>
          <option value="week">{say().before.week}</option>
          <option value="year">{say().before.year}</option>
          {others.length > 0 && (
            <optgroup label={say().rooms}>
              {others.map(({ room, name }) => (
                <option key={room} value={`room:${room}`}>
                  {name ?? room}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
    </div>
  )
}

function Step({ icon, label, onClick, disabled = false }: { icon: IconName; label: string; onClick(): void; disabled?: boolean }) {
  return (
    <button type="button" class="button round" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon name={icon} size={20} />
    </button>
  )
}
