import type { Channel } from '@hearthwatch/api/channels'
import type { Localized } from '@hearthwatch/api/localized'
import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { frame } from '../../words/frame.ts'
import { language } from '../../words/language.ts'
import { minute } from '../../words/times.ts'
import { OwnActions } from './own-actions.tsx'
import { Preview } from './preview.tsx'
import { test } from './state.ts'
import { say } from './words.ts'

/** A notification channel with its state and its test. */
export function ChannelCard({ channel }: { channel: Channel }) {
  const { name, kind, recipients, paused, errorWords, quiet, budget, source, muted } = channel
  const { wrong, isBusy, run } = useRequest()
  const error = errorWords?.[language.value] ?? null
  const result = useSignal<Localized | null | undefined>(undefined)
  const sendTest = () =>
    run(async () => {
      result.value = undefined
      const why = await test(channel)
      result.value = why
      announce(why?.[language.value] ?? say().tested)
    })

  const isPreviewed = useSignal(false)
  const failure = result.value?.[language.value]
  const isWell = !paused && error === null
  return (
    <li class="card column channel">
      <div class="row channel-head">
        <h3>{name}</h3>
        {kind !== name && <span class="quiet small">{kind}</span>}
        {muted === null ? (
          <span class={`dot small ${isWell ? 'is-on' : 'is-off'}`}>{paused ? say().paused : isWell ? say().works : say().error}</span>
        ) : (
          <span class="badge warning">{say().muted}</span>
        )}
        {quiet && <span class="badge">{say().quiet}</span>}
        {source === 'env' && <span class="badge">{say().fromEnv}</span>}
      </div>
      {muted !== null && <p class="small">{say().mutedSince(minute(muted))}</p>}
      <p class="quiet small">
        {say().recipients(recipients)}
        {budget && ` · ${say().budget(budget.used, budget.perMonth)}`}
      </p>
      {budget && (
        <meter
          aria-label={say().budget(budget.used, budget.perMonth)}
          min={0}
          max={budget.perMonth}
          high={budget.perMonth * 0.8}
          value={budget.used}
        />
      )}
      {error !== null && error !== failure && (
        <p class="error small">
          <Foreign text={error} />
        </p>
      )}
      <div class="row channel-actions">
        {muted === null && (
          <Action isBusy={isBusy.value} onAct={() => void sendTest()}>
            {isBusy.value ? say().testing : say().test}
            <span class="unseen"> ({name})</span>
          </Action>
        )}
        <button type="button" class="button" onClick={() => (isPreviewed.value = true)}>
          {say().preview}
          <span class="unseen"> ({name})</span>
        </button>
        {source === 'page' && <OwnActions channel={channel} />}
      </div>
      {isPreviewed.value && (
        <Dialog title={say().preview} onClose={() => (isPreviewed.value = false)}>
          <Preview kind={kind} title={name} />
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => (isPreviewed.value = false)}>
              {frame().close}
            </button>
          </div>
        </Dialog>
      )}
      <ErrorText of={wrong.value} byStatus={{ 429: say().tooSoon }} />
      {result.value === null && <p class="good small">{say().tested}</p>}
      {failure !== undefined && (
        <p class="error small">
          {say().notTested} <Foreign text={failure} />
        </p>
      )}
    </li>
  )
}
