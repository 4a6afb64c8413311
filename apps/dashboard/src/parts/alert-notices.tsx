import type { Alert } from '@hearthwatch/api/alerts'
import { severities } from '@hearthwatch/api/severity'
import { href } from '../route.ts'
import { alertSentence, severityCount } from '../words/alert-sentence.ts'
import { frame } from '../words/frame.ts'
import { Age } from './age.tsx'
import { Acknowledge, AlertNotice } from './alert-notice.tsx'
import { Foreign } from './foreign.tsx'
import { Icon } from './icon.tsx'
import { useShown } from './use-shown.ts'

/** So many alerts have a notice each; more are one notice, so that they do not push the rooms off the screen. */
const most = 3

/** Firing alerts. @param alerts the most severe first */
export function AlertNotices({ alerts }: { alerts: readonly Alert[] }) {
  const [worst] = alerts
  useShown(alerts.slice(0, most).map(({ room }) => room))
  if (worst === undefined) return null
  return (
    <ul class="stack alert-notices">
      {alerts.length <= most ? alerts.map((alert) => <AlertNotice key={alert.id} alert={alert} />) : <Storm alerts={alerts} />}
    </ul>
  )
}

/** `1 critical, 30 warnings`, and the first few. */
function Storm({ alerts }: { alerts: readonly Alert[] }) {
  const counts = severities.toReversed().flatMap((severity) => {
    const count = alerts.filter((alert) => alert.severity === severity).length
    return count === 0 ? [] : [severityCount(severity, count)]
  })
  return (
    <li class={`notice row alert-notice alert-storm ${alerts[0]?.severity}`}>
      <Icon name="alerts" />
      <p>{counts.join(frame().comma)}</p>
      <Acknowledge alerts={alerts} />
      <ul class="stack small">
        {alerts.slice(0, most).map((alert) => (
          <li key={alert.id} class="row">
            <Foreign text={alertSentence(alert)} />
            <Age time={alert.started} />
          </li>
        ))}
        <li>
          <a href={href('alerts')}>{frame().allAlerts(alerts.length)}</a>
        </li>
      </ul>
    </li>
  )
}
