import { useEffect } from 'preact/hooks'
import { checklist, isUntold, loadChecklist } from '../monitor/checklist.ts'
import { href } from '../route.ts'
import { frame } from '../words/frame.ts'

/** Warns that no channel sends messages. */
export function Untold() {
  // A later visit of this view; the first answer comes with the rooms.
  useEffect(() => {
    if (checklist.value !== null) void loadChecklist().catch(() => {})
  }, [])
  if (!isUntold.value) return null
  return (
    <p class="notice untold" role="status">
      {frame().untold} <a href={`${href('notifications')}?add`}>{frame().addChannel}</a>
    </p>
  )
}
