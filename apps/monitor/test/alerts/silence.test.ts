import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { judgeHouse } from '@hearthwatch/testhouse/judge'

type House = ReturnType<typeof judgeHouse>

const tooHot = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30, severity: 'critical' } as const

/** A kitchen of which people were told that it is too hot, and that was silenced then, until second 600. */
function repairing(t: TestContext): House {
  const house = judgeHouse(t, [tooHot])
  house.reading('kitchen', 31, 0)
  assert.deepEqual(house.hears(), ['firing too-hot kitchen'])
  house.change(() => void house.store.silences.add({ room: 'kitchen', rule: null, from: 60_000, until: 600_000, comment: 'repairing' }))
  return house
}

describe('Who was told that it is on, and has silenced it then', () => {
  it('is not told that it is over under the silence, nor later', (t) => {
    const house = repairing(t)
    house.reading('kitchen', 20, 300)
    house.tick(300)
    assert.deepEqual(house.open(), [])
    house.tick(600)
    house.tick(700)
    assert.deepEqual(house.hears(), [])
  })

  it('is told that it is over after the silence has ended, and at its end nothing as if it were new', (t) => {
    const house = repairing(t)
    house.reading('kitchen', 31, 590)
    house.tick(600)
    house.tick(610)
    assert.deepEqual(house.hears(), [])
    house.reading('kitchen', 20, 700)
    assert.deepEqual(house.hears(), ['resolved too-hot kitchen'])
  })
})
