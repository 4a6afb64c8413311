import type { Alert } from '@hearthwatch/api/alerts'
import { ask } from '../../monitor/ask.ts'
import { alerts, pressing, refresh } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Age } from '../../parts/age.tsx'
import { Foreign } from '../../parts/foreign.tsx'
import { Icon } from '../../parts/icon.tsx'
import { href } from '../../route.ts'
import { alertSentence } from '../../words/alert-sentence.ts'
import { problem } from '../../words/problem.ts'
import { say } from './words.ts'

/** The alerts that need attention, above the rooms. */
export function Alerts() {
  const others = alerts.value.length - pressing.value.length
  if (alerts.value.length === 0) return null
  return (
    <section class="home-alerts" aria-labelledby="home-alerts">
      <h2 id="home-alerts" class="unseen">
        {say().alerts}
      </h2>
      <ul class="stack">
        {pressing.value.map((alert) => (
          <Item key={alert.id} alert={alert} />
        ))}
      </ul>
      {others > 0 && (
        <p class="home-alerts-others quiet small">
          <a href={href('alerts')}>{say().others(others)}</a>
        </p>
      )}
    </section>
  )
}

function Item({ alert }: { alert: Alert }) {
  const { wrong, run } = useRequest()
  const acknowledge = () =>
    run(async () => {
      await ask(`api/alerts/${alert.id}/acknowledge`, { method: 'POST' })
      await refresh()
    })
  return (
    <li class={`notice row home-alert ${alert.severity}`}>
      <Icon name="alerts" />
      <p>
        <span class="unseen">{say().alert[alert.severity]}: </span>
        <Foreign text={alertSentence(alert)} />
        {alert.state === 'recovering' && <span class="home-alert-recovering"> · {say().recovering}</span>}
        {wrong.value !== null && <span class="home-alert-error">{problem(wrong.value)}</span>}
      </p>
      <Age time={alert.started} />
      {alert.acknowledged === null ? (
        <button type="button" class="button" onClick={() => void acknowledge()}>
          {say().acknowledge}
        </button>
      ) : (
        <span class="seen">
          <Icon name="check" size={18} /> {say().acknowledged}
        </span>
      )}
    </li>
  )
}
