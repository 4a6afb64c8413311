import type { Alert } from '@hearthwatch/api/alerts'
import { acknowledge } from '../monitor/acknowledge.ts'
import { useRequest } from '../monitor/use-request.ts'
import { href } from '../route.ts'
import { alertSentence, severityName } from '../words/alert-sentence.ts'
import { frame } from '../words/frame.ts'
import { problem } from '../words/problem.ts'
import { Action } from './action.tsx'
import { Age } from './age.tsx'
import './alert-notice.css'
import { Foreign } from './foreign.tsx'
import { Icon } from './icon.tsx'

/** A firing alert as one line, with its button. */
export function AlertNotice({ alert }: { alert: Alert }) {
  return (
    <li class={`notice row alert-notice ${alert.severity}`}>
      <Icon name="alerts" />
      <p>
        <span class="unseen">{severityName(alert.severity)}: </span>
        <a href={href('alerts')}>
          <Foreign text={alertSentence(alert)} />
        </a>
      </p>
      <Age time={alert.started} />
      <Acknowledge alerts={[alert]} />
    </li>
  )
}

/** Acknowledges the alerts that are not yet; says so if all are. */
export function Acknowledge({ alerts }: { alerts: readonly Alert[] }) {
  const { wrong, isBusy, run } = useRequest()
  const open = alerts.filter(({ acknowledged }) => acknowledged === null)
  if (open.length === 0)
    return (
      <span class="seen">
        <Icon name="check" size={18} /> {frame().acknowledged}
      </span>
    )
  return (
    <>
      {wrong.value !== null && <span>{problem(wrong.value)}</span>}
      <Action isBusy={isBusy.value} onAct={() => void run(() => acknowledge(open))}>
        {alerts.length === 1 ? frame().acknowledge : frame().acknowledgeAll}
      </Action>
    </>
  )
}
