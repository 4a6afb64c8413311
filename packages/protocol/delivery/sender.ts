import { minute, second } from '../durations.ts'
import { type Ack, maxRows } from './batch.ts'

/** ms until an unanswered batch is sent again: doubles from the first to the longest. */
const firstTimeout = 5 * second
const longestTimeout = minute
/** Up to this part is added to each timeout by chance, so that the sensors of a house do not send at the same moment. */
const jitter = 0.2
/** Batches without an answer that are remembered. */
const mostGivenUp = 16

export interface SenderRules {
  /** A batch is sent as soon as this many rows wait. */
  batchSize: number
  /** Waiting rows are sent after this, ms. */
  batchInterval: number
}

/** The batch that has been sent but not acknowledged. */
export interface Outstanding {
  batch: string
  to: number
  rows: number
  /** The highest number that could be sent at that time. */
  last: number
  sent: number
  /** The batch is sent again then. */
  until: number
}

/**
 * The sender's state. Stop and wait: at most one batch is outstanding. The `cursor` follows the receiver's `kept`.
 * Times in ms of a clock that is never set back.
 */
export interface Sender {
  readonly rules: SenderRules
  readonly prefix: string
  /** Number of batches so far. */
  readonly named: number
  readonly epoch: string
  /** Every number up to this one was acknowledged. */
  readonly cursor: number
  /** The highest number that may be sent. */
  readonly last: number
  readonly connected: boolean
  readonly outstanding: Outstanding | null
  /** When the waiting rows are to be sent; null: none wait. */
  readonly due: number | null
  /** No batch is sent before this time. Set after acknowledgements without progress. */
  readonly notBefore: number
  readonly timeout: number
  /** Maximum number of rows of a batch; smaller after a refusal. */
  readonly most: number
  /** Number of consecutive acknowledgements without progress. */
  readonly stalls: number
  /**
   * The last batches without an answer, each with its last number. Those before a rewind or another outbox are not among them:
   * their numbers may mean other rows.
   */
  readonly givenUp: readonly { readonly batch: string; readonly to: number }[]
}

export type Input =
  /** Rows were appended; those up to `last` may be sent. */
  | { type: 'appended'; last: number }
  /** The rows so far are worth a batch of their own, such as a crossed limit. */
  | { type: 'urgent' }
  | { type: 'connected' }
  | { type: 'disconnected' }
  /** The time of `wakeAt` has come. */
  | { type: 'time' }
  /** Result of the effect `send`: the batch was sent. @param chance from 0 to 1 */
  | { type: 'sent'; batch: string; to: number; rows: number; chance: number }
  /** Result of `send`: there were no rows. */
  | { type: 'nothing'; last: number }
  /** Result of `send`: the batch is too large for the connection. */
  | { type: 'unsendable'; batch: string }
  /** Result of `send`: the broker was not reached. */
  | { type: 'failed'; batch: string }
  | { type: 'ack'; ack: Ack }
  /** The monitor has published `online`. */
  | { type: 'monitor-online' }
  /** Result of the effect `fork`. */
  | { type: 'forked'; epoch: string; last: number }
  /** The outbox was replaced by another one. */
  | { type: 'replaced'; epoch: string; cursor: number; last: number }

export type Effect =
  | { type: 'send'; batch: string; from: number; most: number }
  | { type: 'move'; cursor: number }
  | { type: 'fork' }
  | { type: 'quarantine'; seq: number }

/** @param prefix of the batches' names, different in each run of the program */
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
    notBefore: 0,
    timeout: firstTimeout,
    most: maxRows,
    stalls: 0,
    givenUp: [],
  }
}

/** @returns the state after the input and the effects to perform, in order */
export function step(state: Sender, input: Input, now: number): [Sender, Effect[]] {
  const [after, effects] = apply(state, input, now)
  if (!after.connected || after.outstanding !== null || now < sendAt(after)) return [after, effects]
  const batch = `${after.prefix}-${after.named + 1}`
  // Preliminary: the input `sent` adds the content.
  const outstanding = { batch, to: after.cursor, rows: 0, last: after.last, sent: now, until: now + after.timeout }
  const send: Effect = { type: 'send', batch, from: after.cursor + 1, most: after.most }
  return [{ ...after, named: after.named + 1, outstanding }, [...effects, send]]
}

/** When to call `step` with `time` unless another input comes first; Infinity: never. */
export function wakeAt(state: Sender): number {
  if (!state.connected) return Number.POSITIVE_INFINITY
  return state.outstanding?.until ?? sendAt(state)
}

function sendAt({ due, notBefore, last, cursor, rules }: Sender): number {
  if (due === null) return Number.POSITIVE_INFINITY
  return last - cursor >= rules.batchSize ? notBefore : Math.max(due, notBefore)
}

function apply(state: Sender, input: Input, now: number): [Sender, Effect[]] {
  const { outstanding, due, rules } = state
  switch (input.type) {
    case 'appended':
      return [{ ...state, last: input.last, due: due ?? now + rules.batchInterval }, []]
    case 'urgent':
      // Rows that follow the outstanding batch are sent with its acknowledgement.
      return [
        { ...state, due: state.last > state.cursor ? now : due, outstanding: outstanding && { ...outstanding, last: state.last } },
        [],
      ]
    case 'connected':
      return [{ ...resend(state, now), connected: true, notBefore: 0 }, []]
    case 'disconnected':
      return [{ ...resend(state, now), connected: false }, []]
    case 'time':
      return outstanding && now >= outstanding.until ? [{ ...resend(state, now), timeout: doubled(state.timeout) }, []] : [state, []]
    case 'monitor-online':
      // A batch that was published while the monitor was offline has not arrived.
      return [{ ...resend(state, now), timeout: firstTimeout, notBefore: 0 }, []]
    case 'nothing':
      return [{ ...state, outstanding: null, last: input.last, due: null }, []]
    case 'sent': {
      if (outstanding?.batch !== input.batch) return [state, []]
      const until = now + state.timeout * (1 + jitter * input.chance)
      return [{ ...state, outstanding: { ...outstanding, to: input.to, rows: input.rows, until } }, []]
    }
    case 'failed':
      return outstanding?.batch === input.batch ? [pause(resend(state, now), now), []] : [state, []]
    case 'unsendable':
      return outstanding?.batch === input.batch ? refused(state, outstanding, now) : [state, []]
    case 'ack':
      if (input.ack.epoch !== state.epoch) return [state, []]
      return input.ack.re === outstanding?.batch
        ? acknowledged(state, outstanding, input.ack, now)
        : acknowledgedLate(state, input.ack, now)
    case 'replaced':
      return [unanswerable(resend({ ...state, epoch: input.epoch, cursor: input.cursor, last: input.last }, now)), []]
    case 'forked':
      return [{ ...unanswerable(stalled(state, now)), epoch: input.epoch, cursor: 0, last: input.last, due: now }, []]
  }
}

function acknowledged(state: Sender, outstanding: Outstanding, { err, seq, after }: Ack, now: number): [Sender, Effect[]] {
  // The batch stays outstanding until the input `forked`. If the fork fails, the batch is sent again.
  if (err === 'fork') return [state, [{ type: 'fork' }]]
  if (err === 'bad') return refused(state, outstanding, now)
  // Less than the cursor is a rewind.
  const cursor = Math.min(seq, outstanding.to)
  const move: Effect[] = cursor === state.cursor ? [] : [{ type: 'move', cursor }]
  const behind = cursor < outstanding.last
  const due = state.last <= cursor ? null : behind ? now : outstanding.sent + state.rules.batchInterval
  if (cursor <= state.cursor) return [{ ...unanswerable(stalled(state, now)), cursor, due }, move]
  const most = Math.min(maxRows, state.most * 2)
  // A busy monitor answers later. A sender that does not wait for it sends everything twice, and makes it busier.
  const timeout = Math.min(longestTimeout, Math.max(firstTimeout, 2 * (now - outstanding.sent)))
  return [{ ...state, outstanding: null, cursor, due, timeout, notBefore: pauseUntil(after, now), stalls: 0, most }, move]
}

/**
 * The answer to a batch that was given up: its rows are stored all the same. Without this, a monitor that answers later than
 * the timeout would get the same rows for ever. The timeout stays as long as it has become.
 */
function acknowledgedLate(state: Sender, { re, err, seq, after }: Ack, now: number): [Sender, Effect[]] {
  const found = state.givenUp.find(({ batch }) => batch === re)
  // More than its own rows says nothing: a restored card may use later numbers for other rows.
  const cursor = Math.min(seq, found?.to ?? 0)
  if (err !== undefined || cursor <= state.cursor) return [state, []]
  const { outstanding } = state
  const isCovered = outstanding !== null && outstanding.to <= cursor
  const due = state.last <= cursor ? null : (state.due ?? now)
  const late = { ...state, cursor, due, notBefore: Math.max(state.notBefore, pauseUntil(after, now)) }
  return [isCovered ? { ...late, outstanding: null } : late, [{ type: 'move', cursor }]]
}

/** From now on no earlier batch is answered. */
const unanswerable = (state: Sender): Sender => ({ ...state, givenUp: [] })

/** The time before which a busy monitor wants no other batch. */
const pauseUntil = (after: number | undefined, now: number) => (after === undefined ? 0 : now + Math.min(after, longestTimeout))

/** Halves a refused batch, or moves a refused single row to quarantine. */
function refused(state: Sender, { rows, to }: Outstanding, now: number): [Sender, Effect[]] {
  if (rows > 1) return [{ ...resend(state, now), most: Math.max(1, Math.floor(rows / 2)) }, []]
  return [stalled(state, now), [{ type: 'quarantine', seq: to }]]
}

/** Resends at once after the first acknowledgement without progress (a rewind), and after a pause from the second on. */
function stalled(state: Sender, now: number): Sender {
  const after = { ...resend(state, now), stalls: state.stalls + 1 }
  return after.stalls > 1 ? pause(after, now) : after
}

function pause(state: Sender, now: number): Sender {
  return { ...state, notBefore: now + state.timeout, timeout: doubled(state.timeout) }
}

/** Gives up the outstanding batch: its rows are sent again in a batch with another name. */
function resend(state: Sender, now: number): Sender {
  const { outstanding, givenUp } = state
  const { batch, to } = outstanding ?? { batch: '', to: 0 }
  const left = to > state.cursor ? [...givenUp, { batch, to }].slice(-mostGivenUp) : givenUp
  return { ...state, outstanding: null, givenUp: left, due: state.last > state.cursor ? now : null }
}

function doubled(timeout: number): number {
  return Math.min(longestTimeout, timeout * 2)
}
