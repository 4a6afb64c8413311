import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createTickWatch } from '../../commit/tick-watch.ts'
import type { Tick } from '../../commit/ticker.ts'

const tick: Tick = { kind: 'tick', at: 1000, link: { listeningSince: 0, downSince: null, undelivered: null } }
const change = () => {}

describe('The look for what time changes', () => {
  it('gives others a turn after each part of a large house, and ends with the first change', async () => {
    let parts = 0
    const judge = {
      *look() {
        for (; parts < 100; parts += 1) yield null
        yield change
        throw new Error('one change is enough')
      },
    }
    const found: Tick[] = []
    const watch = createTickWatch(judge, (due) => found.push(due))
    const looked = watch.look(tick)
    const seen = [parts]
    // Another second passes meanwhile.
    await watch.look(tick)
    for (let i = 0; i < 3; i++) {
      await turn()
      seen.push(parts)
    }
    assert.deepEqual(seen, [0, 1, 2, 3])
    await looked
    assert.deepEqual(found, [tick])
  })

  it('is done at once in a home, and ends when the monitor stops', async () => {
    const found: Tick[] = []
    const home = createTickWatch(
      {
        *look() {
          yield change
        },
      },
      (due) => found.push(due),
    )
    void home.look(tick)
    assert.equal(found.length, 1)
    const large = createTickWatch(
      {
        *look() {
          yield null
          yield change
        },
      },
      (due) => found.push(due),
    )
    const looked = large.look(tick)
    large.close()
    await looked
    assert.equal(found.length, 1)
  })
})
