import type { Batch, Heartbeat, Info, Response, Sample, Status } from '@hearthwatch/protocol'
import type { Described } from '../store/devices.ts'
import type { Trace } from './packet-trace.ts'

/** A checked packet. */
export type Message = {
  topic: string
  /** Time of arrival, ms. */
  at: number
  /** A retained message: an old value. */
  retained: boolean
  /** The broker had queued it while the monitor was away: it is stored, but not judged as current. */
  late: boolean
  /** Records the outcome, if somebody watches this packet. */
  trace?: Trace
} & (
  | ({ kind: 'reading'; room: string; quantity: string; aged?: true; sender?: Sender } & Sample)
  | { kind: 'status'; room: string | null; device: string | null; status: Status }
  | { kind: 'text'; room: string; text: string }
  | { kind: 'heartbeat'; device: string; heartbeat: Heartbeat }
  | { kind: 'info'; device: string; info: Info }
  | { kind: 'response'; device: string; response: Response }
  | { kind: 'batch'; device: string; batch: Batch }
  | { kind: 'bad-batch'; device: string; epoch: string; batch: string }
  | { kind: 'described'; device: string; room: string | null; described: Described }
  | { kind: 'foreign'; device: string; news: 'alive' | 'online' | 'offline' | 'unknown' | 'gone' }
  | { kind: 'announcement'; payload: string; isOver: boolean }
)

/** A device of others that has sent a reading. `isFresh`: the reading proves that it is alive. */
export interface Sender {
  device: string
  isFresh: boolean
}

/** `aged`: a live message whose own time is long past. */
export type Reading = Extract<Message, { kind: 'reading' }>
export type StatusMessage = Extract<Message, { kind: 'status' }>
