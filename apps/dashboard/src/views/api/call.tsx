import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Copyable } from '../../parts/copyable.tsx'
import { curlOf } from './curl.ts'
import type { Call, Parameter, Schema } from './document.ts'
import { shapeOf } from './shape.ts'
import { say } from './words.ts'

/** One API call: one line, with details when it is opened. */
export function CallCard({ call, withToken }: { call: Call; withToken: boolean }) {
  const isOpen = useSignal(false)
  const id = useId()
  const { method, path, summary, isClosed } = call
  return (
    <li class="api-call">
      <button
        type="button"
        class="row"
        aria-expanded={isOpen.value}
        aria-controls={id}
        onClick={() => {
          isOpen.value = !isOpen.value
        }}
      >
        <span class={`api-method is-${method}`}>{method.toUpperCase()}</span>
        <code class="api-path">{path}</code>
        <span class="api-summary quiet">{summary}</span>
        {withToken && !isClosed && <span class="badge">{say().open}</span>}
      </button>
      <div id={id} hidden={!isOpen.value}>
        {isOpen.value && <Details call={call} withToken={withToken} />}
      </div>
    </li>
  )
}

function Details({ call, withToken }: { call: Call; withToken: boolean }) {
  const { parameters, body, answers } = call
  const [fine, wrong] = [answers.filter(({ status }) => status < '400'), answers.filter(({ status }) => status >= '400')]
  return (
    <div class="stack api-details">
      {parameters.length > 0 && (
        <section>
          <h3>{say().parameters}</h3>
          <dl class="stack">
            {parameters.map((parameter) => (
              <ParameterLine key={parameter.name} parameter={parameter} />
            ))}
          </dl>
        </section>
      )}
      {body && (
        <section>
          <h3>{say().body}</h3>
          <Shape schema={body} />
        </section>
      )}
      <section>
        <h3>{say().answers}</h3>
        <dl class="stack">
          {fine.map(({ status, type, schema }) => (
            <div key={status}>
              <dt>
                <code>{status}</code> <span class="quiet small">{type}</span>
              </dt>
              <dd>{schema === null || schema.type === 'null' ? <span class="quiet">{say().nothing}</span> : <Shape schema={schema} />}</dd>
            </div>
          ))}
          {wrong.length > 0 && (
            <div>
              <dt>
                <code>{wrong.map(({ status }) => status).join(', ')}</code>
              </dt>
              <dd>{say().wrong}</dd>
            </div>
          )}
        </dl>
      </section>
      <section>
        <h3>{say().example}</h3>
        <Copyable text={curlOf(call, document.baseURI.split('#')[0] ?? '', withToken)} />
      </section>
    </div>
  )
}

function ParameterLine({ parameter: { name, required, description, schema } }: { parameter: Parameter }) {
  const notes = [
    required === true ? say().required : '',
    schema.default === undefined ? '' : say().standard(String(schema.default)),
    description ?? '',
  ].filter((note) => note !== '')
  return (
    <div>
      <dt>
        <code>{name}</code> <span class="quiet small">{shapeOf(schema)}</span>
      </dt>
      <dd>{notes.join(' · ')}</dd>
    </div>
  )
}

function Shape({ schema }: { schema: Schema }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <pre class="code-block code-small" tabIndex={0}>
      {shapeOf(schema)}
    </pre>
  )
}
