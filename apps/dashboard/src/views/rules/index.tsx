import { useEffect } from 'preact/hooks'
import { connections } from '../../monitor/state.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { href, route } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { Editor } from './editor.tsx'
import { Entry } from './entry.tsx'
import './rules.css'
import { load, rules, wrong } from './state.ts'
import { Undo } from './undo.tsx'
import { say } from './words.ts'

/** The list of rules, or the editor of one. */
export default function Rules() {
  const [name] = route.value.rest
  useEffect(() => void load(), [connections.value])
  const all = rules.value
  const chosen = all?.find((rule) => rule.name === name)
  if (all !== null && name === 'new') return <Editor key="new" rule={null} />
  if (chosen !== undefined) return <Editor key={name} rule={chosen} />
  return (
    <>
      <div class="head">
        <h1>{frame().views.rules}</h1>
        <a class="button primary" href={href('rules', 'new')}>
          {say().add}
        </a>
      </div>
      <p class="quiet lead rules-text">{say().text}</p>
      <ErrorText of={wrong.value} />
      <Undo />
      <ul class="cards">
        {all?.map((rule) => (
          <Entry key={rule.name} rule={rule} />
        ))}
      </ul>
    </>
  )
}
