import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measureNetworkDelay } from '../../commit/network-delay.ts'

describe('How long a batch was on its way', () => {
  const begin = 1_795_000_000_000

  it('is what it lags behind the quickest of its device, however wrong its clock is', () => {
    for (const skew of [0, -3_600_000, 86_400_000]) {
      const transit = measureNetworkDelay()
      const delays = [20, 5, 11_000, 6000, 5].map((delay, i) => transit('pi-1', begin + skew + i * 1000, begin + i * 1000 + delay))
      assert.deepEqual(delays, [0, 0, 10_995, 5995, 0])
    }
  })

  it('is each device’s own', () => {
    const transit = measureNetworkDelay()
    transit('pi-1', begin, begin)
    assert.equal(transit('pi-2', begin, begin + 9000), 0)
  })

  it('is none where a clock was set: no link holds anything back for so long', () => {
    const transit = measureNetworkDelay()
    transit('pi-1', begin, begin)
    assert.equal(transit('pi-1', begin - 3_600_000, begin + 1000), 0)
    assert.equal(transit('pi-1', begin - 3_600_000 + 1000, begin + 5000), 3000)
  })

  it('is forgotten after five minutes, as clocks are set by a little, too', () => {
    const transit = measureNetworkDelay()
    transit('pi-1', begin, begin)
    assert.equal(transit('pi-1', begin + 290_000, begin + 300_000), 10_000)
    assert.equal(transit('pi-1', begin + 291_000, begin + 301_000), 0)
  })
})
