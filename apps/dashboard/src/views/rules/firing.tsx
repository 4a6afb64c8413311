import { alerts } from '../../monitor/state.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { alertPlace } from '../../words/alert-sentence.ts'
import { say } from './words.ts'

/** Most places that are named. */
const named = 5

/** True if alerts of this rule are firing, which would end if it were switched off. */
export const isFiring = (name: string): boolean => alerts.value.some(({ rule }) => rule === name)

/** The places in which a rule is firing now; nothing if it is not. */
export function Firing({ name }: { name: string }) {
  const places = [...new Set(alerts.value.filter(({ rule }) => rule === name).map(alertPlace))]
  if (places.length === 0) return null
  const more = places.length - named
  return (
    <p>
      <Foreign text={say().firingIn(places.slice(0, named), Math.max(0, more))} />
    </p>
  )
}
