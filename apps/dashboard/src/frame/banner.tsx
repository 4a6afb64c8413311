import { rooms } from '../monitor/rooms.ts'
import { isReader, link, lostSince, session } from '../monitor/session.ts'
import { health } from '../monitor/state.ts'
import { Foreign } from '../parts/foreign.tsx'
import { frame } from '../words/frame.ts'
import { language } from '../words/language.ts'
import { minute } from '../words/times.ts'
import { useLasting } from './lasting.ts'

/** Warns when the page has no connection to the monitor, or the monitor none to its broker or database. */
export function Banner() {
  const { value: state } = health
  const isLost = useLasting(link.value === 'lost', rooms.value === null ? 0 : 1500)
  const problems: string[] = []
  if (isLost)
    problems.push(lostSince.value === null || rooms.value === null ? frame().cutOffFirst : frame().cutOff(minute(lostSince.value)))
  else if (state !== null) {
    if (state.undelivered) problems.push(frame().undelivered(state.undelivered.join(', ')))
    else if (state.mqtt !== 'connected') problems.push(frame().broker(state.connection?.[language.value] ?? state.mqtt))
    if (state.database !== 'ok') problems.push(frame().database(state.database))
  }
  const notices = [session.value?.notice, isReader.value ? frame().readOnly : undefined].filter((notice) => notice !== undefined)
  return (
    <div class="banner" role="status">
      {notices.map((notice) => (
        <p key={notice} class="quiet small page-notice">
          <Foreign text={notice} />
        </p>
      ))}
      {problems.map((problem) => (
        <p key={problem} class="notice">
          {problem}
        </p>
      ))}
    </div>
  )
}
