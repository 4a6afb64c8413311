import { Foreign } from '../../parts/foreign.tsx'
import { number } from '../../words/numbers.ts'
import { date } from '../../words/times.ts'
import { Details } from './details.tsx'
import type { Listed } from './packet-list.ts'
import { preview } from './payload.ts'
import { explain, say } from './words.ts'

export interface EntryProps {
  packet: Listed
  isOpen: boolean
  onToggle(): void
}

const clock: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 1,
  hour12: false,
}

/** One packet on one or two lines, with details when it is opened. */
export function Entry({ packet, isOpen, onToggle }: EntryProps) {
  const { key, direction, time, topic, qos, retain, dup, late, bytes, verdict } = packet
  const id = `packet-${key}`
  return (
    <li class={`wire-entry is-${direction}`}>
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
        <span class="wire-way">
          <span aria-hidden="true">{direction === 'in' ? '→' : '←'}</span>
          <span class="unseen">{say()[direction]}</span>
        </span>
        <time class="quiet small wire-time" dateTime={new Date(time).toISOString()}>
          {date(time, clock)}
        </time>
        <span class="wire-topic">
          <Topic topic={topic} />
        </span>
        <span class="quiet small wire-preview">
          <Foreign text={preview(packet)} />
        </span>
        <span class="row wire-marks">
          <span class="badge">QoS {qos}</span>
          {retain && <span class="badge">{say().retained}</span>}
          {dup && <span class="badge">{say().again}</span>}
          {late && <span class="badge">{say().waited}</span>}
          <span class="quiet small">{say().bytes(number(bytes))}</span>
        </span>
        <span class="row small wire-verdict">
          {direction === 'out' && say().out}
          {verdict.map((word) => {
            const { short, isBad } = explain(word)
            return (
              <span key={word} class={isBad ? 'badge critical' : 'badge'}>
                {short}
              </span>
            )
          })}
        </span>
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Details packet={packet} />}
      </div>
    </li>
  )
}

/** A topic that wraps between its levels. */
function Topic({ topic }: { topic: string }) {
  return (
    <bdi>
      {topic.split('/').map((level, i) => (
        <>
          {i > 0 && (
            <>
              /<wbr />
            </>
          )}
          {level}
        </>
      ))}
    </bdi>
  )
}
