import type { ComponentChildren } from 'preact'
import { Foreign } from '../../parts/foreign.tsx'
import { number } from '../../words/numbers.ts'
import { nameOf } from './filter.ts'
import type { Listed } from './packet-list.ts'
import { inFull } from './payload.ts'
import { partsOf } from './size.ts'
import { explain, say } from './words.ts'

/** The parts of a packet and their meaning. */
export function Details({ packet }: { packet: Listed }) {
  const { direction, topic, qos, retain, dup } = packet
  const name = nameOf(topic)
  const way = direction === 'in' ? (retain ? 'inSet' : 'inClear') : retain ? 'outSet' : 'outClear'
  return (
    <dl class="wire-details">
      <Part name={say().topic}>
        <ol class="wire-path">
          {topic.split('/').map((level, i) => (
            <li key={i}>
              <code class="wire-chip">
                <Foreign text={level} />
              </code>
            </li>
          ))}
        </ol>
        <p>{name === null ? say().unknownKind : say().kinds[name]}</p>
      </Part>
      <Part name={say().payload}>
        <Payload packet={packet} />
      </Part>
      <Part name={`${say().qosName} ${qos}`}>
        <p>{say().qos[qos]}</p>
        {direction === 'in' && <p class="quiet small">{say().qosNote}</p>}
      </Part>
      <Part name={say().retainName}>
        <p>{say().retain[way]}</p>
      </Part>
      {qos > 0 && (
        <Part name={say().dupName}>
          <p>{dup ? say().dup.set : say().dup.clear}</p>
        </Part>
      )}
      <Part name={say().sizeName}>
        <Size packet={packet} />
      </Part>
      <Part name={say().verdictName}>
        <Verdict packet={packet} />
      </Part>
    </dl>
  )
}

function Part({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Payload({ packet }: { packet: Listed }) {
  const { encoding, length, unpacked, cut } = packet
  if (length === 0) return <p>{say().noPayload}</p>
  return (
    <>
      {encoding === 'zlib' && <p class="quiet small">{say().zlib(number(length), number(unpacked ?? 0))}</p>}
      {encoding === 'hex' && <p class="quiet small">{say().hex}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <pre class="code-block wire-payload" tabIndex={0}>
        <Foreign text={inFull(packet)} />
      </pre>
      {cut && <p class="quiet small">{say().cut}</p>}
    </>
  )
}

function Size({ packet }: { packet: Listed }) {
  const parts = Object.entries(partsOf(packet)).filter(([, bytes]) => bytes > 0)
  return (
    <>
      <p>{say().size(number(packet.bytes))}</p>
      <div class="wire-bar" aria-hidden="true">
        {parts.map(([part, bytes]) => (
          <span key={part} class={`is-${part}`} style={{ flexGrow: bytes }} />
        ))}
      </div>
      <ul class="row wire-parts">
        {parts.map(([part, bytes]) => (
          <li key={part} class={`is-${part}`}>
            {say().parts[part as keyof ReturnType<typeof partsOf>]} {number(bytes)}
          </li>
        ))}
      </ul>
      <p class="quiet small">{say().sizeNote}</p>
    </>
  )
}

function Verdict({ packet: { direction, verdict } }: { packet: Listed }) {
  if (direction === 'out') return <p>{say().noVerdict}</p>
  if (verdict.length === 0) return <p>{say().verdictOpen}</p>
  return (
    <ul class="stack wire-verdicts">
      {verdict.map((word) => {
        const { long, isBad } = explain(word)
        return (
          <li key={word} class={isBad ? 'error' : ''}>
            {long}
          </li>
        )
      })}
    </ul>
  )
}
