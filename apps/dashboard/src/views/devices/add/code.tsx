import type { NewSensor } from '@hearthwatch/api/sensors'
import { useSignal } from '@preact/signals'
import { QrCode } from '../../../parts/qr-code.tsx'
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
          <QrCode text={text} label={say().code} />
          <figcaption class="quiet small">{text === page ? say().codeOfPage : say().codeOfText}</figcaption>
        </figure>
      )}
    </div>
  )
}
