import type { NewSensor } from '@hearthwatch/api/sensors'
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { encode } from 'uqr'
import { say } from './words.ts'

/** Bytes of the longest text that a phone reads from a screen without trouble. */
const longest = 900

/** The shortest text with the values of the sensor, for the phone; undefined: all are too long. */
function textFor({ snippets, kind }: NewSensor): string | undefined {
  const fitting = snippets.map(({ text }) => text).filter((text) => new TextEncoder().encode(text).length <= longest)
  return kind === 'pi' ? fitting[1] : fitting[0]
}

/** A QR code with the commands, drawn on request: everybody who sees the screen can read it. */
export function Code({ sensor }: { sensor: NewSensor }) {
  const isShown = useSignal(false)
  const page = new URL('#/devices', location.href).href
  const text = textFor(sensor) ?? page
  return (
    <div class="column">
      <button type="button" class="button add-code-button" aria-expanded={isShown.value} onClick={() => (isShown.value = !isShown.value)}>
        {isShown.value ? say().hideCode : say().showCode}
      </button>
      {isShown.value && (
        <figure class="add-code">
          <Picture text={text} />
          <figcaption class="quiet small">{text === page ? say().codeOfPage : say().codeOfText}</figcaption>
        </figure>
      )}
    </div>
  )
}

function Picture({ text }: { text: string }) {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(text, { ecc: 'L', border: 4 })
    const dots = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    return { size, path: dots.join('') }
  }, [text])
  return (
    <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={say().code} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
