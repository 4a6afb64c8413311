import { type Ack, maxRows } from './batch.ts'

/** The first wait for an answer and the longest, ms: it doubles. A bit of chance keeps sensors from speaking all at once. */
const firstPatience = 5000
const longestPatience = 60_000
const chancePart = 0.2

export interface SenderRules {
  /** Rows that are worth a batch at once. */
  batchSize: number
  /** What has gathered is sent after this, ms. */
  batchInterval: number
}

/** A batch that no answer has come to. */
export interface Outstanding {
  batch: string
  to: number
  rows: number
  /** The last number that could be sent then. */
  last: number
  sent: number
  /** Given up then. */
  until: number
}

/** Stop and wait: at most one batch is under way. Times in ms of a clock that is never put back. */
export interface Sender {
  readonly rules: SenderRules
  readonly prefix: string
  /** Batches named so far. */
  readonly named: number
  readonly epoch: string
  readonly cursor: number
  /** The highest number that may be sent. */
  readonly last: number
  readonly connected: boolean
  readonly outstanding: Outstanding | null
  /** When what waits is to be sent; null: nothing waits. */
  readonly due: number | null
  /** Nothing is sent before: the answers bring us no further. */
  readonly rest: number
  readonly patience: number
  /** Rows of one batch at most: less where a batch was refused. */
  readonly most: number
  /** Answers in a row that brought us no further. */
  readonly stalls: number
}

export type Input =
  /** Rows up to this number may be sent. */
  | { type: 'kept'; last: number }
  | { type: 'connected' }
  | { type: 'lost' }
  /** `wakeAt` has come. */
  | { type: 'time' }
  /** The answers to the effect `send`: it is under way, there was nothing to send, it cannot be sent as it is, it did not get through. */
  | { type: 'sent'; batch: string; to: number; rows: number; chance: number }
  | { type: 'nothing'; last: number }
  | { type: 'unsendable'; batch: string }
  | { type: 'failed'; batch: string }
  | { type: 'ack'; ack: Ack }
  /** The monitor says that it is there, just now. */
  | { type: 'monitor' }
  /** The answer to the effect `fork`. */
  | { type: 'forked'; epoch: string; last: number }
  /** The rows lie in another outbox now. */
  | { type: 'moved'; epoch: string; cursor: number; last: number }

export type Effect =
  | { type: 'send'; batch: string; from: number; most: number }
  | { type: 'move'; cursor: number }
  | { type: 'fork' }
  | { type: 'quarantine'; seq: number }

/** @param prefix of this run of the program, never used by another one */
export function newSender(rules: SenderRules, prefix: string, { epoch, cursor, last }: Pick<Sender, 'epoch' | 'cursor' | 'last'>): Sender {
  return {
    rules,
    prefix,
    named: 0,
    epoch,
    cursor,
    last,
    connected: false,
    outstanding: null,
    due: last > cursor ? 0 : null,
    rest: 0,
    patience: firstPatience,
    most: maxRows,
    stalls: 0,
  }
}

export function step(state: Sender, input: Input, now: number): [Sender, Effect[]] {
  const [after, effects] = hear(state, input, now)
  if (!after.connected || after.outstanding !== null || now < sendAt(after)) return [after, effects]
  const batch = `${after.prefix}-${after.named + 1}`
  // Until it is known what is in it: whoever takes the effects answers at once.
  const outstanding = { batch, to: after.cursor, rows: 0, last: after.last, sent: now, until: now + after.patience }
  const send: Effect = { type: 'send', batch, from: after.cursor + 1, most: after.most }
  return [{ ...after, named: after.named + 1, outstanding }, [...effects, send]]
}

/** When to call `step` with `time` if nothing else happens; Infinity: never. */
export function wakeAt(state: Sender): number {
  if (!state.connected) return Number.POSITIVE_INFINITY
  return state.outstanding?.until ?? sendAt(state)
}

function sendAt({ due, rest, last, cursor, rules }: Sender): number {
  if (due === null) return Number.POSITIVE_INFINITY
  return last - cursor >= rules.batchSize ? rest : Math.max(due, rest)
}

function hear(state: Sender, input: Input, now: number): [Sender, Effect[]] {
  const { outstanding, due, rules } = state
  switch (input.type) {
    case 'kept':
      return [{ ...state, last: input.last, due: due ?? now + rules.batchInterval }, []]
    case 'connected':
      return [{ ...forget(state, now), connected: true, rest: 0 }, []]
    case 'lost':
      return [{ ...forget(state, now), connected: false }, []]
    case 'time':
      return outstanding && now >= outstanding.until ? [{ ...forget(state, now), patience: longer(state.patience) }, []] : [state, []]
    case 'monitor':
      // What was sent to a monitor that was not there has not arrived.
      return [{ ...forget(state, now), patience: firstPatience, rest: 0 }, []]
    case 'nothing':
      return [{ ...state, outstanding: null, last: input.last, due: null }, []]
    case 'sent':
      if (outstanding?.batch !== input.batch) return [state, []]
      return [
        {
          ...state,
          outstanding: {
            ...outstanding,
            to: input.to,
            rows: input.rows,
            until: now + state.patience * (1 + chancePart * input.chance),
          },
        },
        [],
      ]
    case 'failed':
      if (outstanding?.batch !== input.batch) return [state, []]
      return [{ ...forget(state, now), rest: now + state.patience, patience: longer(state.patience) }, []]
    case 'unsendable':
      return outstanding?.batch === input.batch ? refused(state, outstanding, now) : [state, []]
    case 'ack':
      return outstanding === null || input.ack.re !== outstanding.batch || input.ack.epoch !== state.epoch
        ? [state, []]
        : answered(state, outstanding, input.ack, now)
    case 'moved':
      return [forget({ ...state, epoch: input.epoch, cursor: input.cursor, last: input.last }, now), []]
    case 'forked':
      return [{ ...stalled(state, now), epoch: input.epoch, cursor: 0, last: input.last, due: now }, []]
  }
}

function answered(state: Sender, outstanding: Outstanding, { err, seq }: Ack, now: number): [Sender, Effect[]] {
  // It stays outstanding until the outbox has forked, and is sent again where it cannot.
  if (err === 'fork') return [state, [{ type: 'fork' }]]
  if (err === 'bad') return refused(state, outstanding, now)
  const cursor = Math.min(seq, outstanding.to)
  const move: Effect[] = cursor === state.cursor ? [] : [{ type: 'move', cursor }]
  const gained = cursor > state.cursor
  const behind = cursor < outstanding.last
  const due = state.last <= cursor ? null : behind ? now : outstanding.sent + state.rules.batchInterval
  if (!gained) return [{ ...stalled(state, now), cursor, due }, move]
  const most = Math.min(maxRows, state.most * 2)
  return [{ ...state, outstanding: null, cursor, due, patience: firstPatience, rest: 0, stalls: 0, most }, move]
}

/** The batch cannot be taken as it is: the half of it, and in the end the one row that it is about goes away. */
function refused(state: Sender, { rows, to }: Outstanding, now: number): [Sender, Effect[]] {
  if (rows > 1) return [{ ...forget(state, now), most: Math.max(1, Math.floor(rows / 2)) }, []]
  return [stalled(state, now), [{ type: 'quarantine', seq: to }]]
}

/** An answer that brings us no further, once: the monitor wants to begin elsewhere. Again and again: it is not well, so leave it in peace. */
function stalled(state: Sender, now: number): Sender {
  const after = { ...forget(state, now), stalls: state.stalls + 1 }
  return after.stalls > 1 ? { ...after, rest: now + state.patience, patience: longer(state.patience) } : after
}

/** Whatever is under way is sent again under another name. */
function forget(state: Sender, now: number): Sender {
  return { ...state, outstanding: null, due: state.last > state.cursor ? now : null }
}

function longer(patience: number): number {
  return Math.min(longestPatience, patience * 2)
}
