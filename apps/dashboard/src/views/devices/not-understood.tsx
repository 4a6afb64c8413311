import type { NotUnderstood } from '@hearthwatch/api/devices'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Foreign } from '../../parts/foreign.tsx'
import { devices, notUnderstood } from './state.ts'
import { say } from './words.ts'

/** Values that devices of others announce and that are not followed. */
export function NotUnderstoodList() {
  const all = useSignal<readonly NotUnderstood[]>([])
  const count = devices.value?.length
  useEffect(() => {
    notUnderstood().then(
      (found) => (all.value = found),
      () => {},
    )
  }, [count])
  if (all.value.length === 0) return null
  return (
    <details class="card not-understood">
      <summary>{say().notUnderstood(all.value.length)}</summary>
      <p class="quiet small">{say().notUnderstoodText}</p>
      <ul class="small">
        {all.value.map(({ topic, entity, device, why, template }) => (
          <li key={`${topic} ${entity}`}>
            <p>
              <Foreign text={device === entity ? device : `${device} · ${entity}`} />: <Foreign text={why} />
            </p>
            {template !== null && (
              <pre>
                <code>{template}</code>
              </pre>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}
