import { alerts, pressing } from '../../monitor/state.ts'
import { AlertNotices } from '../../parts/alert-notices.tsx'
import { href } from '../../route.ts'
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
      <AlertNotices alerts={pressing.value} />
      {others > 0 && (
        <p class="home-alerts-others quiet small">
          <a href={href('alerts')}>{say().others(others)}</a>
        </p>
      )}
    </section>
  )
}
