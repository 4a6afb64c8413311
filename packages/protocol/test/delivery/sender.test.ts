import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { type Effect, type Input, newSender, type Sender, step, wakeAt } from '../../delivery/sender.ts'

const rules = { batchSize: 60, batchInterval: 30_000 }

describe('the sender', () => {
  let state: Sender
  let now: number
  /** The outbox: its last number and the maximum number of rows of a batch. `chance` is for the jitter. */
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
  function append(rows: number): Effect[] {
    outbox.last += rows
    return feed({ type: 'appended', last: outbox.last })
  }
  /** Advances the clock to `wakeAt`. */
  function wait(): { effects: Effect[]; after: number } {
    const after = wakeAt(state) - now
    assert.ok(after < Number.POSITIVE_INFINITY, 'a timer is set')
    now += after
    return { effects: feed({ type: 'time' }), after }
  }
  const answer = (seq: number, more: object = {}) =>
    feed({ type: 'ack', ack: { epoch: state.epoch, re: state.outstanding?.batch ?? '', seq, now, ...more } })
  const batches = (effects: Effect[]) => effects.flatMap((effect) => (effect.type === 'send' ? [[effect.batch, effect.from]] : []))

  describe('sending', () => {
    it('sends no batch without a connection, and the waiting rows as soon as it is connected', () => {
      assert.deepEqual(append(3), [])
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
      assert.deepEqual(batches(feed({ type: 'connected' })), [['p-1', 1]])
    })

    it('sends the rows of one BATCH_INTERVAL together, and sets no timer while there are none', () => {
      feed({ type: 'connected' })
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
      assert.deepEqual(append(1), [])
      now += 10_000
      append(1)
      const { effects, after } = wait()
      assert.deepEqual([batches(effects), after, state.outstanding?.to], [[['p-1', 1]], 20_000, 2])
    })

    it('sends BATCH_SIZE rows at once', () => {
      feed({ type: 'connected' })
      for (let i = 0; i < 59; i++) assert.deepEqual(append(1), [])
      assert.deepEqual(batches(append(1)), [['p-1', 1]])
    })

    it('sends one batch at a time', () => {
      append(1)
      feed({ type: 'connected' })
      assert.deepEqual(append(1000), [])
      now += 4999
      assert.deepEqual(feed({ type: 'time' }), [])
    })

    it('sends a backlog without a pause, in batches of up to 500 rows', () => {
      append(1200)
      feed({ type: 'connected' })
      assert.deepEqual(batches(answer(500)), [['p-2', 501]])
      assert.deepEqual(batches(answer(1000)), [['p-3', 1001]])
      assert.deepEqual(batches(answer(1200)), [])
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
    })

    it('sends rows appended while a batch was outstanding one BATCH_INTERVAL after that batch', () => {
      append(10)
      feed({ type: 'connected' })
      now += 1000
      append(1)
      assert.deepEqual(batches(answer(10)), [])
      const { effects, after } = wait()
      assert.deepEqual([batches(effects), after], [[['p-2', 11]], 29_000])
    })

    it('sends urgent rows at once, or with the acknowledgement of the outstanding batch', () => {
      feed({ type: 'connected' })
      append(1)
      assert.deepEqual(batches(feed({ type: 'urgent' })), [['p-1', 1]])
      append(1)
      assert.deepEqual(batches(feed({ type: 'urgent' })), [])
      assert.deepEqual(batches(answer(1)), [['p-2', 2]])
      answer(2)
      assert.deepEqual(feed({ type: 'urgent' }), [])
    })

    it('waits for the next row if all rows have been deleted', () => {
      state = newSender(rules, 'p', { epoch: 'e', cursor: 0, last: 10 })
      feed({ type: 'connected' })
      assert.equal(wakeAt(state), Number.POSITIVE_INFINITY)
      outbox.last = 10
      assert.deepEqual(append(1), [])
      assert.deepEqual(batches(wait().effects), [['p-2', 1]])
    })
  })

  describe('moving the cursor', () => {
    beforeEach(() => {
      append(100)
      feed({ type: 'connected' })
    })

    it('moves the cursor to the acknowledged number', () => {
      assert.deepEqual(answer(100), [{ type: 'move', cursor: 100 }])
      assert.equal(state.cursor, 100)
    })

    it('moves the cursor back after a rewind, and sends from there at once', () => {
      answer(100)
      append(60)
      const effects = answer(7)
      assert.deepEqual(effects[0], { type: 'move', cursor: 7 })
      assert.deepEqual(batches(effects), [['p-3', 8]])
    })

    it('moves the cursor at most to the end of the batch', () => {
      assert.deepEqual(answer(5000), [{ type: 'move', cursor: 100 }])
    })

    it('ignores acknowledgements of batches that this run has not sent, and of other epochs', () => {
      for (const ack of [{ re: 'p-0' }, { re: 'p-' }, { re: 'p-x' }, { re: 'q-1' }, { re: 'p-1', epoch: 'f' }])
        assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', seq: 50, now, ...ack } as never }), [])
      assert.equal(state.cursor, 0)
    })

    it('moves by the late answer to a batch that it has given up, and keeps the time that it waits', () => {
      assert.deepEqual(batches(wait().effects), [['p-2', 1]])
      now += 1000
      assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', re: 'p-1', seq: 100, now } }), [{ type: 'move', cursor: 100 }])
      assert.deepEqual([state.cursor, state.outstanding, state.timeout], [100, null, 10_000])
      assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', re: 'p-2', seq: 100, now } }), [], 'the answer to the repeat changes nothing')
    })

    it('moves by a late answer at most to the end of that batch', () => {
      append(50)
      wait()
      assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', re: 'p-1', seq: 150, now } }), [{ type: 'move', cursor: 100 }])
      assert.equal(state.outstanding?.batch, 'p-2')
    })

    it('ignores a late answer of before a rewind or another outbox', () => {
      append(50)
      wait()
      answer(0)
      assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', re: 'p-1', seq: 100, now } }), [])
      feed({ type: 'replaced', epoch: 'e', cursor: 0, last: 150 })
      assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', re: 'p-2', seq: 100, now } }), [])
      assert.equal(state.cursor, 0)
    })

    it('waits as long as a busy monitor asks for, at most a minute, and twice as long as its last answer took', () => {
      append(60)
      now += 4000
      assert.deepEqual(feed({ type: 'ack', ack: { epoch: 'e', re: 'p-1', seq: 100, now, after: 7000 } }), [{ type: 'move', cursor: 100 }])
      const { effects, after } = wait()
      assert.deepEqual([batches(effects), after], [[['p-2', 101]], 7000])
      assert.equal(state.timeout, 8000)
      append(60)
      feed({ type: 'ack', ack: { epoch: 'e', re: 'p-2', seq: 160, now, after: 10_000_000 } })
      assert.equal(wait().after, 60_000)
    })
  })

  describe('without an acknowledgement', () => {
    beforeEach(() => {
      append(100)
      feed({ type: 'connected' })
    })

    it('resends an unanswered batch under another name after 5 s, doubling the time up to a minute', () => {
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

    it('waits up to a fifth longer by chance, so that not all sensors send at once', () => {
      outbox.chance = 1
      wait()
      assert.equal(wait().after, 12_000)
    })

    it('waits 5 s again after the next acknowledgement with progress', () => {
      for (let i = 0; i < 5; i++) wait()
      answer(100)
      append(60)
      assert.equal(wakeAt(state) - now, 5000)
    })

    it('resends at once when the monitor publishes online, and waits 5 s again', () => {
      for (let i = 0; i < 5; i++) wait()
      assert.deepEqual(batches(feed({ type: 'monitor-online' })), [['p-7', 1]])
      assert.equal(wakeAt(state) - now, 5000)
    })

    it('resends under another name on the next connection', () => {
      assert.deepEqual(feed({ type: 'disconnected' }), [])
      assert.deepEqual([state.outstanding, wakeAt(state)], [null, Number.POSITIVE_INFINITY])
      assert.deepEqual(batches(feed({ type: 'connected' })), [['p-2', 1]])
    })

    it('resends after a growing pause if the broker was not reached', () => {
      assert.deepEqual(feed({ type: 'failed', batch: 'p-0' }), [])
      assert.deepEqual(feed({ type: 'failed', batch: 'p-1' }), [])
      assert.equal(wait().after, 5000)
      feed({ type: 'failed', batch: 'p-2' })
      assert.equal(wait().after, 10_000)
    })
  })

  describe('after a refusal', () => {
    beforeEach(() => {
      append(100)
      feed({ type: 'connected' })
    })
    const bad = () => answer(0, { err: 'bad' })

    it('sends half of a refused batch at once, and larger batches again after an acknowledgement', () => {
      bad()
      assert.deepEqual([state.outstanding?.to, state.outstanding?.batch], [50, 'p-2'])
      bad()
      assert.equal(state.outstanding?.to, 25)
      answer(25)
      assert.deepEqual([state.cursor, state.outstanding?.to], [25, 75])
    })

    it('moves a refused single row to quarantine and continues after it', () => {
      for (let i = 0; i < 6; i++) bad()
      assert.equal(state.outstanding?.to, 1)
      const effects = bad()
      assert.deepEqual(effects[0], { type: 'quarantine', seq: 1 })
      assert.deepEqual(batches(effects), [['p-8', 1]], 'from 1 on, so that the gap is declared')
    })

    it('pauses between two rows that it moves to quarantine, because the monitor may be wrong', () => {
      for (let i = 0; i < 7; i++) bad()
      const [effect, ...more] = bad()
      assert.deepEqual([effect?.type, more], ['quarantine', []])
      assert.equal(wait().after, 5000)
      bad()
      assert.equal(wait().after, 10_000)
      answer(state.outstanding?.to ?? 0)
      assert.equal(state.stalls, 0)
    })

    it('halves a batch that is too large for the connection, too', () => {
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

    it('begins the new epoch at number 1', () => {
      assert.deepEqual(answer(1500, { err: 'fork' }), [{ type: 'fork' }])
      assert.equal(state.cursor, 1000)
      outbox.last = 700
      assert.deepEqual(batches(feed({ type: 'forked', epoch: 'f', last: 700 })), [['p-2', 1]])
      assert.deepEqual([state.epoch, state.cursor, state.outstanding?.to], ['f', 0, 500])
    })

    it('resends the batch if the outbox could not be forked', () => {
      answer(1500, { err: 'fork' })
      assert.deepEqual(batches(wait().effects), [['p-2', 1001]])
    })

    it('pauses between two forks', () => {
      answer(1500, { err: 'fork' })
      feed({ type: 'forked', epoch: 'f', last: 1100 })
      answer(0, { err: 'fork' })
      assert.deepEqual(feed({ type: 'forked', epoch: 'g', last: 1100 }), [])
      assert.equal(wait().after, 5000)
    })
  })

  it('pauses after a second acknowledgement without progress', () => {
    append(100)
    feed({ type: 'connected' })
    assert.deepEqual(batches(answer(0)), [['p-2', 1]])
    assert.deepEqual(answer(0), [])
    assert.equal(wait().after, 5000)
    assert.deepEqual(answer(0), [])
    assert.equal(wait().after, 10_000)
  })

  it('continues at the cursor of an outbox that replaced its own', () => {
    append(100)
    feed({ type: 'connected' })
    outbox.last = 40
    assert.deepEqual(batches(feed({ type: 'replaced', epoch: 'f', cursor: 30, last: 40 })), [['p-2', 31]])
  })
})
