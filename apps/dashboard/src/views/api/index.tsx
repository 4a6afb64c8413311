import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../monitor/ask.ts'
import { session } from '../../monitor/session.ts'
import { frame } from '../../words/frame.ts'
import { problem } from '../../words/problem.ts'
import './api.css'
import { CallCard } from './call.tsx'
import { type ApiDocument, callsOf } from './document.ts'
import { say } from './words.ts'

/** Every call of the API, from its OpenAPI document. */
export default function Api() {
  const found = useSignal<ApiDocument | null>(null)
  const wrong = useSignal<unknown>(null)
  useEffect(() => {
    ask<ApiDocument>('api/openapi.json').then(
      (answer) => {
        found.value = answer
      },
      (error) => {
        wrong.value = error
      },
    )
  }, [])
  const way = session.value?.login ?? 'none'
  return (
    <div class="stack api">
      <h1>{say().title}</h1>
      <p class="lead">{say().text}</p>
      {say().summariesIn !== '' && <p class="quiet small">{say().summariesIn}</p>}
      <p>
        <a href="api/openapi.json">{say().document}</a>
      </p>
      <div class="cards api-notes">
        <section class="card stack">
          <h2>{say().loginTitle}</h2>
          <p>{say().login[way]}</p>
          {way !== 'none' && <p class="quiet small">{say().throttled}</p>}
        </section>
        <section class="card stack">
          <h2>{say().streamsTitle}</h2>
          <p>{say().streams}</p>
        </section>
      </div>
      {wrong.value !== null && (
        <p class="error" role="alert">
          {problem(wrong.value)}
        </p>
      )}
      {found.value === null && wrong.value === null && <p class="empty waiting">{frame().loading}</p>}
      {found.value !== null &&
        callsOf(found.value).map(([group, calls]) => (
          <section key={group}>
            <h2>{group}</h2>
            <ul class="accordion api-calls">
              {calls.map((call) => (
                <CallCard key={`${call.method} ${call.path}`} call={call} withToken={way !== 'none'} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}
