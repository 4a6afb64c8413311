import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { type Effect, type Input, newSender, type Sender, step, wakeAt } from '../sender.ts'

const rules = { batchSize: 60, batchInterval: 30_000 }

describe('the sender of the record', () => {
  let state: Sender
  let now: number
  /** What the outbox holds behind the cursor: an endless one has more than goes into a batch. */
  let outbox: { last: number; most: number; chance: number }
  beforeEach(() => {
    outbox = { last: 0, most: 500, chance: 0 }
    now = 1_000_000
    begin(0, 0)
  })

  function begin(cursor: number, last: number) {
    outbox.last = last
    state = newSender(rules, 'p', { epoch: 'e', cursor, last })
  }
  function feed(input: Input): Effect[] {
    const [after, effects] = step(state, input, now)
    state = after
    for (const effect of effects) {
      if (effect.type !== 'send') continue
      const to = Math.min(outbox.last, effect.from - 1 + Math.min(effect.most, outbox.most))
      if (to < effect.from) feed({ type: 'nothing', last: outbox.last })
      else feed({ type: 'sent', batch: effect.batch, to, rows: to - effect.from + 1, chance: outbox.chance })
    }
    return effects
  }
  function keep(rows: number): Effect[] {
    outbox.last += rows
    return feed({ type: 'appended', last: outbox.last })
  }
  /** Lets the time pass until it wants to do something. */
  function wait(): { effects: Effect[]; after: number } {
    const after = wakeAt(state) - now
    assert.ok(after < Number.POSITIVE_INFINITY, 'it waits for nothing')
    now += after
    return { effects: feed({ type: 'time' }), after }
  }
  const answer = (seq: number, more: object = {}) =>
    feed({ type: 'ack', ack: { epoch: state.epoch, re: state.outstanding?.batch ?? '', seq, now, ...more } })
  const batches = (effects: Effect[]) => effects.flatMap((effect) => (effect.type === 'send' ? [[effect.batch, effect.from]] : []))

  describe('sends', () => {
    it('nothing without a connection, and what waits as soon as there is one', () => {
      assert.deepEqual(keep(3), [])
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
      assert.deepEqual(batches(feed({ type: 'connected' })), [['p-1', 1]])
    })

    it('what has gathered in BATCH_INTERVAL, and waits for nothing while there is nothing', () => {
      feed({ type: 'connected' })
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
      assert.deepEqual(keep(1), [])
      now += 10_000
      keep(1)
      const { effects, after } = wait()
      assert.deepEqual([batches(effects), after, state.outstanding?.to], [[['p-1', 1]], 20_000, 2])
    })

    it('BATCH_SIZE rows at once', () => {
      feed({ type: 'connected' })
      for (let i = 0; i < 59; i++) assert.deepEqual(keep(1), [])
      assert.deepEqual(batches(keep(1)), [['p-1', 1]])
    })

    it('one batch at a time', () => {
      keep(1)
      feed({ type: 'connected' })
      assert.deepEqual(keep(1000), [])
      now += 4999
      assert.deepEqual(feed({ type: 'time' }), [])
    })

    it('a backlog at full speed, batches of up to 500, the last of it too', () => {
      keep(1200)
      feed({ type: 'connected' })
      assert.deepEqual(batches(answer(500)), [['p-2', 501]])
      assert.deepEqual(batches(answer(1000)), [['p-3', 1001]])
      assert.deepEqual(batches(answer(1200)), [])
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
    })

    it('what came while a batch was under way one BATCH_INTERVAL after that', () => {
      keep(10)
      feed({ type: 'connected' })
      now += 1000
      keep(1)
      assert.deepEqual(batches(answer(10)), [])
      const { effects, after } = wait()
      assert.deepEqual([batches(effects), after], [[['p-2', 11]], 29_000])
    })

    it('nothing where all rows are gone, until there is a new one', () => {
      state = newSender(rules, 'p', { epoch: 'e', cursor: 0, last: 10 })
      feed({ type: 'connected' })
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
      outbox.last = 10
      assert.deepEqual(keep(1), [])
      assert.deepEqual(batches(wait().effects), [['p-2', 1]])
    })
  })

  describe('moves the cursor', () => {
    beforeEach(() => {
      keep(100)
      feed({ type: 'connected' })
    })

    it('to what the monitor has kept', () => {
      assert.deepEqual(answer(100), [{ type: 'move', cursor: 100 }])
      assert.equal(state.cursor, 100)
    })

    it('back, when the monitor knows less, and sends from there at once', () => {
      answer(100)
      keep(60)
      const effects = answer(7)
      assert.deepEqual(effects[0], { type: 'move', cursor: 7 })
      assert.deepEqual(batches(effects), [['p-3', 8]])
    })

    it('no further than the batch went, also when the monitor knows more of this epoch', () => {
      assert.deepEqual(answer(5000), [{ type: 'move', cursor: 100 }])
    })

    it('by no answer to another batch, to one that was given up, of another epoch or of the past', () => {
      for (const ack of [{ re: 'p-2' }, { re: 'q-1' }, { re: 'p-1', epoch: 'f' }])
        assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', seq: 50, now, ...ack } as never }), [])
      const ack = { epoch: 'e', re: 'p-1', seq: 50, now }
      feed({ type: 'disconnected' })
      assert.deepEqual(feed({ type: 'ack', ack }), [])
      feed({ type: 'connected' })
      assert.deepEqual(feed({ type: 'ack', ack }), [])
      assert.equal(state.cursor, 0)
      answer(100)
      assert.deepEqual(feed({ type: 'ack', ack: { ...ack, re: 'p-2' } }), [])
      assert.equal(state.cursor, 100)
    })
  })

  describe('without an answer', () => {
    beforeEach(() => {
      keep(100)
      feed({ type: 'connected' })
    })

    it('sends again under another name, after 5 s, then twice as long each time up to a minute', () => {
      const waits = Array.from({ length: 6 }, () => {
        const { effects, after } = wait()
        return [batches(effects)[0]?.[0], after]
      })
      assert.deepEqual(waits, [
        ['p-2', 5000],
        ['p-3', 10_000],
        ['p-4', 20_000],
        ['p-5', 40_000],
        ['p-6', 60_000],
        ['p-7', 60_000],
      ])
    })

    it('waits up to a fifth longer by chance, so that a house does not speak all at once', () => {
      outbox.chance = 1
      wait()
      assert.equal(wait().after, 12_000)
    })

    it('waits 5 s again after the next good answer', () => {
      for (let i = 0; i < 5; i++) wait()
      answer(100)
      keep(60)
      assert.equal(wakeAt(state) - now, 5000)
    })

    it('sends again at once when the monitor says that it is there, and waits 5 s again', () => {
      for (let i = 0; i < 5; i++) wait()
      assert.deepEqual(batches(feed({ type: 'monitor-online' })), [['p-7', 1]])
      assert.equal(wakeAt(state) - now, 5000)
    })

    it('sends again under another name on the next connection', () => {
      assert.deepEqual(feed({ type: 'disconnected' }), [])
      assert.deepEqual([state.outstanding, wakeAt(state)], [null, Number.POSITIVE_INFINITY])
      assert.deepEqual(batches(feed({ type: 'connected' })), [['p-2', 1]])
    })

    it('sends again after a while where the broker was not reached, and does not hammer', () => {
      assert.deepEqual(feed({ type: 'failed', batch: 'p-0' }), [])
      assert.deepEqual(feed({ type: 'failed', batch: 'p-1' }), [])
      assert.equal(wait().after, 5000)
      feed({ type: 'failed', batch: 'p-2' })
      assert.equal(wait().after, 10_000)
    })
  })

  describe('when the monitor refuses a batch', () => {
    beforeEach(() => {
      keep(100)
      feed({ type: 'connected' })
    })
    const bad = () => answer(0, { err: 'bad' })

    it('sends the half of it at once, and larger ones again when they pass', () => {
      bad()
      assert.deepEqual([state.outstanding?.to, state.outstanding?.batch], [50, 'p-2'])
      bad()
      assert.equal(state.outstanding?.to, 25)
      answer(25)
      assert.deepEqual([state.cursor, state.outstanding?.to], [25, 75])
    })

    it('puts a single row away, and goes on behind it', () => {
      for (let i = 0; i < 6; i++) bad()
      assert.equal(state.outstanding?.to, 1)
      const effects = bad()
      assert.deepEqual(effects[0], { type: 'quarantine', seq: 1 })
      assert.deepEqual(batches(effects), [['p-8', 1]], 'of 1 on: the hole is told')
    })

    it('does not put one row after the other away at full speed: the monitor may be the one that is wrong', () => {
      for (let i = 0; i < 7; i++) bad()
      const [effect, ...more] = bad()
      assert.deepEqual([effect?.type, more], ['quarantine', []])
      assert.equal(wait().after, 5000)
      bad()
      assert.equal(wait().after, 10_000)
      answer(state.outstanding?.to ?? 0)
      assert.equal(state.stalls, 0)
    })

    it('halves what is larger than the link takes, too', () => {
      assert.deepEqual(feed({ type: 'unsendable', batch: 'p-0' }), [])
      feed({ type: 'unsendable', batch: 'p-1' })
      assert.equal(state.outstanding?.to, 50)
    })
  })

  describe('after a fork', () => {
    beforeEach(() => {
      begin(1000, 1100)
      feed({ type: 'connected' })
    })

    it('begins the new epoch from its first number', () => {
      assert.deepEqual(answer(1500, { err: 'fork' }), [{ type: 'fork' }])
      assert.equal(state.cursor, 1000)
      outbox.last = 700
      assert.deepEqual(batches(feed({ type: 'forked', epoch: 'f', last: 700 })), [['p-2', 1]])
      assert.deepEqual([state.epoch, state.cursor, state.outstanding?.to], ['f', 0, 500])
    })

    it('asks again where the outbox could not be changed', () => {
      answer(1500, { err: 'fork' })
      assert.deepEqual(batches(wait().effects), [['p-2', 1001]])
    })

    it('does not begin one epoch after the other at full speed', () => {
      answer(1500, { err: 'fork' })
      feed({ type: 'forked', epoch: 'f', last: 1100 })
      answer(0, { err: 'fork' })
      assert.deepEqual(feed({ type: 'forked', epoch: 'g', last: 1100 }), [])
      assert.equal(wait().after, 5000)
    })
  })

  it('is not led round in circles by answers that bring it no further', () => {
    keep(100)
    feed({ type: 'connected' })
    assert.deepEqual(batches(answer(0)), [['p-2', 1]])
    assert.deepEqual(answer(0), [])
    assert.equal(wait().after, 5000)
    assert.deepEqual(answer(0), [])
    assert.equal(wait().after, 10_000)
  })

  it('goes on with another outbox where that one stands', () => {
    keep(100)
    feed({ type: 'connected' })
    outbox.last = 40
    assert.deepEqual(batches(feed({ type: 'replaced', epoch: 'f', cursor: 30, last: 40 })), [['p-2', 31]])
  })
})
