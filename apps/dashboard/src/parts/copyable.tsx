import { useSignal } from '@preact/signals'
import { frame } from '../words/frame.ts'

/** A text of code, with a button that copies it. */
export function Copyable({ text }: { text: string }) {
  const isCopied = useSignal(false)
  // Without HTTPS, browsers have a clipboard on localhost only.
  const canCopy = navigator.clipboard !== undefined
  return (
    <div class="row">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <pre class="code-block code-small" tabIndex={0}>
        {text}
      </pre>
      {canCopy && (
        <button
          type="button"
          class="button"
          onClick={() => {
            navigator.clipboard.writeText(text).then(
              () => {
                isCopied.value = true
              },
              () => {},
            )
          }}
        >
          {isCopied.value ? frame().copied : frame().copy}
        </button>
      )}
    </div>
  )
}
