import { randomUUID } from 'node:crypto'
import { minute } from '@hearthwatch/protocol/durations'
import { newAlert } from '../rules/alert.ts'
import type { Message } from './channels/channel.ts'
import type { Compose } from './text/compose.ts'

/** The message of a made-up alert in this room, to show what a channel sends. */
export function sampleMessage(compose: Compose, room: string, at: number): Message {
  const [started, bound, value] = [at - 10 * minute, 30, 31.3]
  const about = { rule: 'too-hot', condition: 'above', subject: `${room}/temperature/`, room, quantity: 'temperature' } as const
  const alert = { id: 1, ...newAlert({ ...about, state: 'firing', severity: 'critical', value, bound, started, fired: started }) }
  const contents = [{ kind: 'alert', transition: 'firing', alert, at } as const]
  const id = randomUUID()
  const draft = { id, contents, at, wasHeld: false, budget: null }
  return { id, recipient: '', severity: 'critical', ...compose(draft) }
}
