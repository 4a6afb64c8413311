import type { ChannelPreview } from '@hearthwatch/api/channels'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../monitor/ask.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { say } from './words.ts'

/** An example of what a kind of channel sends. @param title the service */
export function Preview({ kind, title }: { kind: string; title: string }) {
  const preview = useSignal<ChannelPreview | null>(null)
  const { wrong, run } = useRequest()
  const path = `api/channel-kinds/${encodeURIComponent(kind)}/preview`
  useEffect(() => {
    preview.value = null
    void run(async () => {
      preview.value = await ask<ChannelPreview>(path)
    })
  }, [kind])
  if (preview.value === null) return <ErrorText of={wrong.value} />
  const { title: subject, text, html, buttons } = preview.value
  return (
    <figure class="preview">
      <figcaption class="quiet small">{say().previewText(title)}</figcaption>
      <div class="preview-message">
        {subject !== null && (
          <p>
            <strong>{subject}</strong>
          </p>
        )}
        {html !== null ? (
          <iframe src={`${path}.html`} sandbox="" title={say().preview} />
        ) : (
          <>
            <p class="preview-text">{text}</p>
            {buttons.length > 0 && (
              <p class="row">
                {buttons.map((button) => (
                  <span key={button} class="badge">
                    {button}
                  </span>
                ))}
              </p>
            )}
          </>
        )}
      </div>
    </figure>
  )
}
