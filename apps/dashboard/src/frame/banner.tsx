import { health, rooms } from '../monitor/house.ts'
import { link, lostSince } from '../monitor/session.ts'
import { frame } from '../words/frame.ts'
import { minute } from '../words/times.ts'
import { useLasting } from './lasting.ts'

/** What stands between the person and what is now: the page cut off from the monitor, the monitor from its broker. */
export function Banner() {
  const { value: state } = health
  const isLost = useLasting(link.value === 'lost', rooms.value === null ? 0 : 1500)
  const troubles: string[] = []
  if (isLost)
    troubles.push(lostSince.value === null || rooms.value === null ? frame().cutOffFirst : frame().cutOff(minute(lostSince.value)))
  else if (state !== null) {
    if (state.mqtt !== 'connected') troubles.push(frame().broker(state.mqtt))
    if (state.database !== 'ok') troubles.push(frame().database(state.database))
  }
  return (
    <div class="banner" role="status">
      {troubles.map((trouble) => (
        <p key={trouble}>{trouble}</p>
      ))}
    </div>
  )
}
