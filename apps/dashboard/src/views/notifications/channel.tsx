import { useSignal } from '@preact/signals'
import { announce } from '../../frame/announcer.tsx'
import { problem } from '../../words/problem.ts'
import { type Channel, test } from './state.ts'
import { say } from './words.ts'

/** One way by which people are told, and how it is. */
export function ChannelCard({ channel }: { channel: Channel }) {
  const { name, kind, recipients, paused, error, quiet, budget } = channel
  const isBusy = useSignal(false)
  const result = useSignal<{ ok: boolean; text: string } | null>(null)

  async function sendTest(): Promise<void> {
    isBusy.value = true
    result.value = null
    try {
      const why = await test(channel)
      result.value = { ok: why === null, text: why ?? say().tested }
    } catch (trouble) {
      result.value = { ok: false, text: problem(trouble) }
    }
    isBusy.value = false
    announce(result.value.text)
  }

  const isWell = !paused && error === null
  return (
    <li class="card channel">
      <div class="channel-head">
        <h3>{name}</h3>
        {kind !== name && <span class="quiet small">{kind}</span>}
        <span class={`dot ${isWell ? 'is-on' : 'is-off'}`}>{paused ? say().paused : isWell ? say().works : say().trouble}</span>
        {quiet && <span class="badge">{say().quiet}</span>}
      </div>
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
      {error !== null && <p class="trouble small">{error}</p>}
      <button type="button" class="button" disabled={isBusy.value} onClick={() => void sendTest()}>
        {isBusy.value ? say().testing : say().test}
      </button>
      {result.value && <p class={result.value.ok ? 'channel-well small' : 'trouble small'}>{result.value.text}</p>}
    </li>
  )
}
