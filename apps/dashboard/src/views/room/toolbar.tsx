import type { Room } from '@hearthwatch/api/rooms'
import { Icon, type IconName } from '../../parts/icon.tsx'
import type { Fixed, Window } from '../../words/calendar.ts'
import { Dates } from './dates.tsx'
import { type Comparison, type Span, shiftsFor, spans } from './span.ts'
import { windowName } from './window-name.ts'
import { say } from './words.ts'

export interface ToolbarProps {
  span: Span
  /** null: the span up to now */
  fixed: Fixed | null
  window: Window
  now: number
  comparison: Comparison
  others: readonly Room[]
  onSpan(span: Span): void
  onFix(fixed: Fixed): void
  onMove(by: -1 | 1): void
  onScale(factor: number): void
  onReset(): void
  /** @param comparison in the form that the address has */
  onCompare(comparison: string): void
  onExport(): void
}

/** Chooses the time span and the comparison, and names the dates that are shown. */
export function Toolbar(props: ToolbarProps) {
  const { span, fixed, window, now, comparison, others, onSpan, onFix, onMove, onScale, onReset, onCompare, onExport } = props
  return (
    <div class="toolbar">
      <div class="row">
        <fieldset class="choices" aria-label={say().span}>
          {spans.map((one) => (
            <button key={one} type="button" aria-pressed={fixed === null && one === span} onClick={() => onSpan(one)}>
              {say().spans[one]}
            </button>
          ))}
        </fieldset>
        <Dates fixed={fixed} window={window} now={now} onFix={onFix} />
      </div>
      <div class="row">
        <div class="toolbar-steps">
          <Step icon="left" label={say().earlier} onClick={() => onMove(-1)} />
          <Step icon="right" label={say().later} onClick={() => onMove(1)} disabled={window.to >= now} />
          <Step icon="minus" label={say().further} onClick={() => onScale(2)} />
          <Step icon="plus" label={say().closer} onClick={() => onScale(0.5)} />
        </div>
        {/* Its place is kept, so that no other control moves. */}
        <button type="button" class={fixed === null ? 'button is-unused' : 'button'} onClick={onReset}>
          {say().reset}
        </button>
        <Compare comparison={comparison} window={window} others={others} onCompare={onCompare} />
        <button type="button" class="button" onClick={onExport}>
          <Icon name="download" size={18} />
          {say().export}
        </button>
      </div>
      <p class="toolbar-window">{windowName(fixed ?? window)}</p>
    </div>
  )
}

function Compare({ comparison, window, others, onCompare }: Pick<ToolbarProps, 'comparison' | 'window' | 'others' | 'onCompare'>) {
  const { kind } = comparison
  const value = kind === 'none' ? '' : kind === 'before' ? comparison.shift : `room:${comparison.room}`
  return (
    <label class="quiet toolbar-compare">
      <span>{say().compare}</span>
      <select value={value} onChange={(event) => onCompare(event.currentTarget.value)}>
        <option value="">{say().nothing}</option>
        {shiftsFor(window).map((shift) => (
          <option key={shift} value={shift}>
            {say().before[shift]}
          </option>
        ))}
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
  )
}

function Step({ icon, label, onClick, disabled = false }: { icon: IconName; label: string; onClick(): void; disabled?: boolean }) {
  return (
    <button type="button" class="button round" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon name={icon} size={20} />
    </button>
  )
}
