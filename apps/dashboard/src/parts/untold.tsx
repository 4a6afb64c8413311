import { useEffect } from 'preact/hooks'
import { isUntold, loadChecklist } from '../monitor/checklist.ts'
import { connections } from '../monitor/state.ts'
import { href } from '../route.ts'
import { frame } from '../words/frame.ts'

/** Warns that no channel sends messages. */
export function Untold() {
  // Without an answer there is no warning: the frame shows that the monitor does not answer.
  useEffect(() => void loadChecklist().catch(() => {}), [connections.value])
  if (!isUntold.value) return null
  return (
    <p class="notice untold" role="status">
      {frame().untold} <a href={`${href('notifications')}?add`}>{frame().addChannel}</a>
    </p>
  )
}
