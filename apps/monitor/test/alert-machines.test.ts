import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { judgeLimit } from '../alerts/limit.ts'
import { judgeOffline, type Life, type OfflineState, signOfLife, silenceLimit } from '../alerts/offline.ts'

const s = 1000
const unseen: Life = { seen: null, beats: false, usual: null, signs: 0 }
const beating = (seen: number): Life => ({ ...unseen, seen, beats: true, signs: 9 })

describe('A limit', () => {
  const limit = { above: 30, recover: 1 }

  it('fires above the limit, not at it', () => {
    assert.equal(judgeLimit(false, 30, limit), null)
    assert.equal(judgeLimit(false, 30.1, limit), 'fire')
  })

  it('resolves only when the value has come back by the recovery distance', () => {
    assert.equal(judgeLimit(true, 29.5, limit), null)
    assert.equal(judgeLimit(true, 29, limit), 'resolve')
  })

  it('makes one pair of messages per crossing, however the value flutters at the limit', () => {
    const flutter = fc.array(fc.double({ min: 29.01, max: 31, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(flutter, (values) => {
        let firing = false
        let steps = 0
        for (const value of values) {
          const step = judgeLimit(firing, value, limit)
          if (step !== null) steps += 1
          firing = step === 'fire' || (firing && step !== 'resolve')
        }
        assert.ok(steps <= 1)
      }),
    )
  })
})

describe('Whether a device is offline', () => {
  const after = 90 * s
  const alive = { kind: 'alive' } as const
  const offline = { kind: 'offline' } as const
  const tick = (watching: number | null) => ({ kind: 'tick', watching }) as const
  const judge = (open: OfflineState, life: Life, input: Parameters<typeof judgeOffline>[2], now: number) =>
    judgeOffline(open, life, input, now, after)

  it('waits 5 s after the word “offline” for a sign of life', () => {
    assert.deepEqual(judge(null, beating(100 * s), offline, 200 * s), { step: 'wait', due: 205 * s })
    const pending = { state: 'pending', due: 205 * s } as const
    assert.equal(judge(pending, beating(100 * s), tick(0), 204 * s), null)
    assert.deepEqual(judge(pending, beating(100 * s), tick(0), 205 * s), { step: 'fire' })
  })

  it('forgets the doubt when the device comes back in time: a Wi-Fi hand-over is no alert', () => {
    assert.deepEqual(judge({ state: 'pending', due: 205 * s }, beating(100 * s), alive, 203 * s), { step: 'forget' })
  })

  it('resolves at any sign of life', () => {
    assert.deepEqual(judge({ state: 'firing' }, beating(100 * s), alive, 300 * s), { step: 'resolve' })
  })

  it('does not say it twice', () => {
    assert.equal(judge({ state: 'firing' }, beating(100 * s), offline, 300 * s), null)
    assert.equal(judge({ state: 'firing' }, beating(100 * s), tick(0), 900 * s), null)
    assert.equal(judge({ state: 'pending', due: 205 * s }, beating(100 * s), offline, 201 * s), null)
  })

  it('is never said of a device that was never seen fresh', () => {
    assert.equal(judge(null, unseen, offline, 200 * s), null)
    assert.equal(judge(null, unseen, tick(0), 900 * s), null)
  })

  it('is said after the allowed silence', () => {
    assert.equal(judge(null, beating(100 * s), tick(0), 189 * s), null)
    assert.deepEqual(judge(null, beating(100 * s), tick(0), 190 * s), { step: 'fire' })
  })

  it('is not said while the monitor itself cannot hear, nor before it has listened for as long as silence is allowed', () => {
    assert.equal(judge(null, beating(100 * s), tick(null), 900 * s), null)
    assert.equal(judge(null, beating(100 * s), tick(850 * s), 900 * s), null)
    assert.deepEqual(judge(null, beating(100 * s), tick(850 * s), 940 * s), { step: 'fire' })
  })

  it('is left to the silence where the word was said before the monitor was restarted', () => {
    const pending = { state: 'pending', due: 205 * s } as const
    assert.equal(judge(pending, beating(100 * s), tick(300 * s), 310 * s), null)
    assert.deepEqual(judge(pending, beating(100 * s), tick(300 * s), 390 * s), { step: 'fire' })
  })

  it('does not wait for years because a sign of life carries the time of a clock that was ahead', () => {
    assert.equal(judge(null, beating(1e12), tick(150 * s), 200 * s), null)
    assert.deepEqual(judge(null, beating(1e12), tick(150 * s), 240 * s), { step: 'fire' })
  })
})

describe('How long a device may be silent', () => {
  it('is OFFLINE_AFTER for who has ever sent a heartbeat', () => {
    assert.equal(silenceLimit(beating(0), 90 * s), 90 * s)
  })

  it('is three times the usual interval for others, and never less than OFFLINE_AFTER', () => {
    assert.equal(silenceLimit({ ...unseen, seen: 0, usual: 300 * s, signs: 5 }, 90 * s), 900 * s)
    assert.equal(silenceLimit({ ...unseen, seen: 0, usual: 10 * s, signs: 5 }, 90 * s), 90 * s)
  })

  it('is unknown for who has sent something only once or twice by hand', () => {
    assert.equal(silenceLimit(signOfLife(unseen, 100 * s, false), 90 * s), null)
  })

  it('is learnt as the time between bursts, not within them', () => {
    let life = unseen
    for (let burst = 0; burst < 20; burst += 1) {
      for (let message = 0; message < 10; message += 1) life = signOfLife(life, burst * 300 * s + message, false)
    }
    assert.ok((silenceLimit(life, 90 * s) ?? 0) >= 300 * s)
  })

  it('is unknown after one burst, however many values it had', () => {
    let life = unseen
    for (let message = 0; message < 10; message += 1) life = signOfLife(life, 100 * s + message, false)
    assert.equal(silenceLimit(life, 90 * s), null)
  })

  it('is learnt also by who was missed while little was known: the same pause is no alert again and again', () => {
    let life = unseen
    for (let message = 0; message < 3; message += 1) life = signOfLife(life, message * s, false)
    assert.equal(silenceLimit(life, 90 * s), 90 * s)
    life = signOfLife(life, 300 * s, true)
    assert.ok((silenceLimit(life, 90 * s) ?? 0) >= 600 * s)
  })

  it('does not count the time in which the device was missed', () => {
    let life = unseen
    for (let t = 0; t <= 100 * s; t += 10 * s) life = signOfLife(life, t, false)
    life = signOfLife(life, 90_000 * s, true)
    assert.equal(silenceLimit(life, 90 * s), 90 * s)
  })
})
