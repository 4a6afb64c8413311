import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Activity,
  deviceTimeout,
  judgeOffline,
  type OfflineInput,
  type OfflineState,
  type OfflineTerms,
  observeDevice,
} from '../../rules/offline-machine.ts'

const s = 1000
const unseen: Activity = { seen: null, beats: false, usual: null, signs: 0 }
const beating = (seen: number): Activity => ({ ...unseen, seen, beats: true, signs: 9 })

describe('Whether a device is offline', () => {
  const after = 90 * s
  const alive = { kind: 'alive' } as const
  const offline = { kind: 'offline' } as const
  const tick = (listeningSince: number | null) => ({ kind: 'tick', listeningSince }) as const
  const judge = (open: OfflineState, activity: Activity, input: OfflineInput, now: number, terms: Partial<OfflineTerms> = {}) =>
    judgeOffline(open, activity, input, now, { after, ...terms })

  it('waits 5 s after the word “offline” for a sign of life', () => {
    assert.deepEqual(judge(null, beating(100 * s), offline, 200 * s), { step: 'pending', due: 205 * s })
    const pending = { state: 'pending', due: 205 * s } as const
    assert.equal(judge(pending, beating(100 * s), tick(0), 204 * s), null)
    assert.deepEqual(judge(pending, beating(100 * s), tick(0), 205 * s), { step: 'fire' })
  })

  it('forgets the doubt when the device comes back in time: a Wi-Fi hand-over is no alert', () => {
    assert.deepEqual(judge({ state: 'pending', due: 205 * s }, beating(100 * s), alive, 203 * s), { step: 'cancel' })
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

describe('A rule of one’s own for devices that are offline', () => {
  const alive = { kind: 'alive' } as const
  const offline = { kind: 'offline' } as const
  const tick = { kind: 'tick', listeningSince: 0 } as const
  const later = { after: 90 * s, later: 600 * s }
  const back = { after: 90 * s, keep: 60 * s }

  it('fires as much later as it says: after the word', () => {
    assert.deepEqual(judgeOffline(null, beating(100 * s), offline, 200 * s, later), { step: 'pending', due: 805 * s })
    const pending = { state: 'pending', due: 805 * s } as const
    assert.equal(judgeOffline(pending, beating(100 * s), tick, 804 * s, later), null)
    assert.deepEqual(judgeOffline(pending, beating(100 * s), tick, 805 * s, later), { step: 'fire' })
  })

  it('fires as much later as it says: after the silence', () => {
    assert.equal(judgeOffline(null, beating(100 * s), tick, 789 * s, later), null)
    assert.deepEqual(judgeOffline(null, beating(100 * s), tick, 790 * s, later), { step: 'fire' })
  })

  it('never fires for a device that is there, however long it waits', () => {
    assert.equal(judgeOffline(null, beating(890 * s), tick, 900 * s, later), null)
  })

  it('is over when the device has been back for as long as it says, at a sign of life', () => {
    assert.deepEqual(judgeOffline({ state: 'firing' }, beating(100 * s), alive, 300 * s, back), { step: 'recover' })
    const recovering = { state: 'recovering', well: 300 * s } as const
    assert.equal(judgeOffline(recovering, beating(359 * s), alive, 359 * s, back), null)
    assert.equal(judgeOffline(recovering, beating(359 * s), tick, 370 * s, back), null)
    assert.deepEqual(judgeOffline(recovering, beating(359 * s), alive, 371 * s, back), { step: 'resolve' })
  })

  it('goes on when the device is away again meanwhile', () => {
    const recovering = { state: 'recovering', well: 300 * s } as const
    assert.deepEqual(judgeOffline(recovering, beating(310 * s), offline, 320 * s, back), { step: 'refire' })
    assert.deepEqual(judgeOffline(recovering, beating(310 * s), tick, 400 * s, back), { step: 'refire' })
  })
})

describe('How long a device may be silent', () => {
  it('is OFFLINE_AFTER for who has ever sent a heartbeat', () => {
    assert.equal(deviceTimeout(beating(0), 90 * s), 90 * s)
  })

  it('is three times the usual interval for others, and never less than OFFLINE_AFTER', () => {
    assert.equal(deviceTimeout({ ...unseen, seen: 0, usual: 300 * s, signs: 5 }, 90 * s), 900 * s)
    assert.equal(deviceTimeout({ ...unseen, seen: 0, usual: 10 * s, signs: 5 }, 90 * s), 90 * s)
  })

  it('is unknown for who has sent something only once or twice by hand', () => {
    assert.equal(deviceTimeout(observeDevice(unseen, 100 * s, false), 90 * s), null)
  })

  it('is learnt as the time between bursts, not within them', () => {
    let activity = unseen
    for (let burst = 0; burst < 20; burst += 1) {
      for (let message = 0; message < 10; message += 1) activity = observeDevice(activity, burst * 300 * s + message, false)
    }
    assert.ok((deviceTimeout(activity, 90 * s) ?? 0) >= 300 * s)
  })

  it('is unknown after one burst, however many values it had', () => {
    let activity = unseen
    for (let message = 0; message < 10; message += 1) activity = observeDevice(activity, 100 * s + message, false)
    assert.equal(deviceTimeout(activity, 90 * s), null)
  })

  it('is learnt also by who was missed while little was known: the same pause is no alert again and again', () => {
    let activity = unseen
    for (let message = 0; message < 3; message += 1) activity = observeDevice(activity, message * s, false)
    assert.equal(deviceTimeout(activity, 90 * s), 90 * s)
    activity = observeDevice(activity, 300 * s, true)
    assert.ok((deviceTimeout(activity, 90 * s) ?? 0) >= 600 * s)
  })

  it('does not count the time in which the device was missed', () => {
    let activity = unseen
    for (let t = 0; t <= 100 * s; t += 10 * s) activity = observeDevice(activity, t, false)
    activity = observeDevice(activity, 90_000 * s, true)
    assert.equal(deviceTimeout(activity, 90 * s), 90 * s)
  })

  it('is never learnt to be years because a clock has jumped', () => {
    let activity = unseen
    for (let t = 0; t <= 5; t += 1) activity = observeDevice(activity, t * 10 * s, false)
    activity = observeDevice(activity, 1e12, false)
    assert.ok((deviceTimeout(activity, 90 * s) ?? 0) <= 3 * 86_400 * s)
  })
})
