import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measureNetworkDelay } from '../../commit/network-delay.ts'

describe('The network delay of a batch', () => {
  const begin = 1_795_000_000_000

  it('is relative to the fastest batch of its device, whatever the error of its clock', () => {
    for (const skew of [0, -3_600_000, 86_400_000]) {
      const networkDelay = measureNetworkDelay()
      const delays = [20, 5, 11_000, 6000, 5].map((delay, i) => networkDelay('pi-1', begin + skew + i * 1000, begin + i * 1000 + delay))
      assert.deepEqual(delays, [0, 0, 10_995, 5995, 0])
    }
  })

  it('is measured per device', () => {
    const networkDelay = measureNetworkDelay()
    networkDelay('pi-1', begin, begin)
    assert.equal(networkDelay('pi-2', begin, begin + 9000), 0)
  })

  it('is zero if the clock of the device was set by hours', () => {
    const networkDelay = measureNetworkDelay()
    networkDelay('pi-1', begin, begin)
    assert.equal(networkDelay('pi-1', begin - 3_600_000, begin + 1000), 0)
    assert.equal(networkDelay('pi-1', begin - 3_600_000 + 1000, begin + 5000), 3000)
  })

  it('is relative to the last five minutes only, because clocks are also adjusted by seconds', () => {
    const networkDelay = measureNetworkDelay()
    networkDelay('pi-1', begin, begin)
    assert.equal(networkDelay('pi-1', begin + 290_000, begin + 300_000), 10_000)
    assert.equal(networkDelay('pi-1', begin + 291_000, begin + 301_000), 0)
  })
})
