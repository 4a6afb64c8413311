import type { RuleBody } from '@hearthwatch/api/rules'
import { isLarge, rooms } from '../../monitor/rooms.ts'
import { Foreign } from '../../parts/foreign.tsx'
import { roomName } from '../../words/alert-sentence.ts'
import { nowTrue } from './now-true.ts'
import { say } from './words.ts'

/** Most rooms that are named. */
const named = 5

/** The rooms in which the rule is true of this moment, before it is saved. */
export function NowTrueLine({ rule }: { rule: RuleBody }) {
  const found = nowTrue(rule, rooms.value ?? [])
  // Of a large house only a part is loaded.
  if (found === null || isLarge.value) return null
  const names = found.true.slice(0, named).map(roomName)
  return (
    <p class={found.true.length > 0 ? 'small' : 'quiet small'}>
      <Foreign text={say().nowTrue(found.true.length, found.known.length, names, found.true.length > named)} />
    </p>
  )
}
