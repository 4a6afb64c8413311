import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Ack } from '@hearthwatch/protocol'
import fc from 'fast-check'
import { type Effect, type Input, newSender, type Sender, step, wakeAt } from '../../delivery/sender.ts'

const rules = { batchSize: 20, batchInterval: 5000 }

type Move =
  | { type: 'append'; rows: number }
  | { type: 'link'; event: 'connect' | 'lose' | 'monitor' | 'fail' | 'unsendable' }
  | { type: 'pass'; ms: number }
  | { type: 'ack'; seq: number; which: 'mine' | 'old' | 'foreign'; err: Ack['err'] }

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ type: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ type: fc.constant('link' as const), event: fc.constantFrom('connect' as const, 'lose', 'monitor', 'fail', 'unsendable') }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 70_000 }) }),
  fc.record({
    type: fc.constant('ack' as const),
    seq: fc.nat(400),
    which: fc.constantFrom('mine' as const, 'mine', 'mine', 'old', 'foreign'),
    err: fc.constantFrom<Ack['err']>(undefined, undefined, undefined, 'bad', 'fork'),
  }),
)

/** Applies the moves and checks the invariants after each one. */
function play(moves: readonly Move[]): Sender {
  let now = 0
  let epochs = 0
  let last = 0
  let state = newSender(rules, 'p', { epoch: 'e0', cursor: 0, last: 0 })
  const names: string[] = []
  let turns = 0

  function feed(input: Input): void {
    const before = state
    const [after, effects] = step(before, input, now)
    state = after
    check(before, input, after, effects)
    for (const effect of effects) perform(effect)
  }

  function check(before: Sender, input: Input, after: Sender, effects: Effect[]): void {
    const mine = input.type === 'ack' && input.ack.re === before.outstanding?.batch && input.ack.epoch === before.epoch
    const isNew = input.type === 'forked'
    const late = input.type === 'ack' && input.ack.epoch === before.epoch && names.includes(input.ack.re)
    assert.ok(after.cursor === before.cursor || mine || late || isNew, 'only the acknowledgement of a batch of this run moves the cursor')
    assert.ok(
      after.cursor <= Math.max(...before.givenUp.map(({ to }) => to), before.outstanding?.to ?? 0, before.cursor),
      'the cursor never moves beyond what was sent',
    )
    const sends = effects.filter(({ type }) => type === 'send')
    assert.ok(sends.length <= 1)
    for (const effect of effects) {
      if (effect.type !== 'send') continue
      assert.ok(after.connected && after.outstanding?.batch === effect.batch, 'one batch is outstanding')
      assert.equal(effect.from, after.cursor + 1, 'a batch begins behind the cursor')
      assert.ok(!names.includes(effect.batch), 'a name is never used twice')
      assert.ok(effect.most >= 1 && effect.most <= 500)
      names.push(effect.batch)
    }
    assert.ok(after.connected || after.outstanding === null, 'no batch is outstanding without a connection')
  }

  function perform(effect: Effect): void {
    if (effect.type === 'send') {
      const to = Math.min(last, effect.from - 1 + effect.most)
      if (to < effect.from) feed({ type: 'nothing', last })
      else feed({ type: 'sent', batch: effect.batch, to, rows: to - effect.from + 1, chance: 0.5 })
    } else if (effect.type === 'fork') {
      epochs += 1
      feed({ type: 'forked', epoch: `e${epochs}`, last })
    }
  }

  function pass(ms: number): void {
    const end = now + ms
    for (let wake = wakeAt(state); wake <= end; wake = wakeAt(state)) {
      now = Math.max(now, wake)
      turns += 1
      assert.ok(turns < 5000, `endless loop: ${JSON.stringify(state)}`)
      const before = state
      feed({ type: 'time' })
      assert.notEqual(state, before, 'a timer that fires changes the state')
    }
    now = end
  }

  function applyLink(event: 'connect' | 'lose' | 'monitor' | 'fail' | 'unsendable'): void {
    const batch = state.outstanding?.batch ?? 'none'
    if (event === 'connect') feed({ type: 'connected' })
    else if (event === 'lose') feed({ type: 'disconnected' })
    else if (event === 'monitor') feed({ type: 'monitor-online' })
    else feed({ type: event === 'fail' ? 'failed' : 'unsendable', batch })
  }

  for (const one of moves) {
    if (one.type === 'append') {
      last += one.rows
      feed({ type: 'appended', last })
    } else if (one.type === 'link') applyLink(one.event)
    else if (one.type === 'pass') pass(one.ms)
    else {
      const re = one.which === 'mine' ? (state.outstanding?.batch ?? 'none') : one.which === 'old' ? (names[0] ?? 'none') : 'q-1'
      feed({ type: 'ack', ack: { epoch: state.epoch, re, seq: one.seq, now, err: one.err } })
    }
  }

  // With a connection and a monitor that acknowledges, all rows arrive after any moves.
  feed({ type: 'connected' })
  for (let rounds = 0; state.cursor < last; rounds += 1) {
    assert.ok(rounds < 100, 'all rows arrive in the end')
    if (state.outstanding === null) pass(wakeAt(state) - now)
    if (state.outstanding) feed({ type: 'ack', ack: { epoch: state.epoch, re: state.outstanding.batch, seq: state.outstanding.to, now } })
  }
  return state
}

describe('the sender, after any sequence of inputs', () => {
  it('holds its invariants and delivers all rows in the end', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 120, size: 'max' }), (moves) => {
        play(moves)
      }),
      { numRuns: 3000 },
    )
  })
})
