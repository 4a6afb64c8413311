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

describe('The offline alert of a device', () => {
  const offlineAfter = 90 * s
  const seen = { kind: 'seen' } as const
  const offline = { kind: 'offline' } as const
  const tick = (listeningSince: number | null) => ({ kind: 'tick', listeningSince }) as const
  const judge = (open: OfflineState, activity: Activity, input: OfflineInput, now: number, terms: Partial<OfflineTerms> = {}) =>
    judgeOffline(open, activity, input, now, { offlineAfter, ...terms })

  it('fires 5 s after the device published offline', () => {
    assert.deepEqual(judge(null, beating(100 * s), offline, 200 * s), { step: 'pending', due: 205 * s })
    const pending = { state: 'pending', due: 205 * s } as const
    assert.equal(judge(pending, beating(100 * s), tick(0), 204 * s), null)
    assert.deepEqual(judge(pending, beating(100 * s), tick(0), 205 * s), { step: 'fire' })
  })

  it('is cancelled if the device is back within 5 s, as after a change of the Wi-Fi access point', () => {
    assert.deepEqual(judge({ state: 'pending', due: 205 * s }, beating(100 * s), seen, 203 * s), { step: 'cancel' })
  })

  it('resolves at the first message of the device', () => {
    assert.deepEqual(judge({ state: 'firing' }, beating(100 * s), seen, 300 * s), { step: 'resolve' })
  })

  it('does not fire again while it is open', () => {
    assert.equal(judge({ state: 'firing' }, beating(100 * s), offline, 300 * s), null)
    assert.equal(judge({ state: 'firing' }, beating(100 * s), tick(0), 900 * s), null)
    assert.equal(judge({ state: 'pending', due: 205 * s }, beating(100 * s), offline, 201 * s), null)
  })

  it('never fires for a device that was never seen', () => {
    assert.equal(judge(null, unseen, offline, 200 * s), null)
    assert.equal(judge(null, unseen, tick(0), 900 * s), null)
  })

  it('fires when the device has sent nothing for its timeout', () => {
    assert.equal(judge(null, beating(100 * s), tick(0), 189 * s), null)
    assert.deepEqual(judge(null, beating(100 * s), tick(0), 190 * s), { step: 'fire' })
  })

  it('does not fire while the monitor is not connected, nor within the timeout after it has connected', () => {
    assert.equal(judge(null, beating(100 * s), tick(null), 900 * s), null)
    assert.equal(judge(null, beating(100 * s), tick(850 * s), 900 * s), null)
    assert.deepEqual(judge(null, beating(100 * s), tick(850 * s), 940 * s), { step: 'fire' })
  })

  it('fires by the timeout if the device published offline before the monitor was restarted', () => {
    const pending = { state: 'pending', due: 205 * s } as const
    assert.equal(judge(pending, beating(100 * s), tick(300 * s), 310 * s), null)
    assert.deepEqual(judge(pending, beating(100 * s), tick(300 * s), 390 * s), { step: 'fire' })
  })

  it('does not wait for years if the last message was stamped by a clock that was ahead', () => {
    assert.equal(judge(null, beating(1e12), tick(150 * s), 200 * s), null)
    assert.deepEqual(judge(null, beating(1e12), tick(150 * s), 240 * s), { step: 'fire' })
  })
})

describe('A rule with the condition `offline`', () => {
  const seen = { kind: 'seen' } as const
  const offline = { kind: 'offline' } as const
  const tick = { kind: 'tick', listeningSince: 0 } as const
  const delayed = { offlineAfter: 90 * s, for: 600 * s }
  const back = { offlineAfter: 90 * s, keepFiringFor: 60 * s }

  it('fires its `for` later after the device published offline', () => {
    assert.deepEqual(judgeOffline(null, beating(100 * s), offline, 200 * s, delayed), { step: 'pending', due: 805 * s })
    const pending = { state: 'pending', due: 805 * s } as const
    assert.equal(judgeOffline(pending, beating(100 * s), tick, 804 * s, delayed), null)
    assert.deepEqual(judgeOffline(pending, beating(100 * s), tick, 805 * s, delayed), { step: 'fire' })
  })

  it('fires its `for` later after the timeout of the device', () => {
    assert.equal(judgeOffline(null, beating(100 * s), tick, 789 * s, delayed), null)
    assert.deepEqual(judgeOffline(null, beating(100 * s), tick, 790 * s, delayed), { step: 'fire' })
  })

  it('never fires for a device that is online, however long its `for` is', () => {
    assert.equal(judgeOffline(null, beating(890 * s), tick, 900 * s, delayed), null)
  })

  it('resolves at a message of the device when it has been back for `keepFiringFor`', () => {
    assert.deepEqual(judgeOffline({ state: 'firing' }, beating(100 * s), seen, 300 * s, back), { step: 'recover' })
    const recovering = { state: 'recovering', since: 300 * s } as const
    assert.equal(judgeOffline(recovering, beating(359 * s), seen, 359 * s, back), null)
    assert.equal(judgeOffline(recovering, beating(359 * s), tick, 370 * s, back), null)
    assert.deepEqual(judgeOffline(recovering, beating(359 * s), seen, 371 * s, back), { step: 'resolve' })
  })

  it('fires again if the device goes offline while it recovers', () => {
    const recovering = { state: 'recovering', since: 300 * s } as const
    assert.deepEqual(judgeOffline(recovering, beating(310 * s), offline, 320 * s, back), { step: 'refire' })
    assert.deepEqual(judgeOffline(recovering, beating(310 * s), tick, 400 * s, back), { step: 'refire' })
  })
})

describe('The timeout of a device', () => {
  it('is OFFLINE_AFTER if the device has ever sent a heartbeat', () => {
    assert.equal(deviceTimeout(beating(0), 90 * s), 90 * s)
  })

  it('is three usual intervals without heartbeats, and at least OFFLINE_AFTER', () => {
    assert.equal(deviceTimeout({ ...unseen, seen: 0, usual: 300 * s, signs: 5 }, 90 * s), 900 * s)
    assert.equal(deviceTimeout({ ...unseen, seen: 0, usual: 10 * s, signs: 5 }, 90 * s), 90 * s)
  })

  it('is unknown if the device has sent only one or two messages', () => {
    assert.equal(deviceTimeout(observeDevice(unseen, 100 * s, false), 90 * s), null)
  })

  it('is learnt from the time between bursts of messages, not within them', () => {
    let activity = unseen
    for (let burst = 0; burst < 20; burst += 1) {
      for (let message = 0; message < 10; message += 1) activity = observeDevice(activity, burst * 300 * s + message, false)
    }
    assert.ok((deviceTimeout(activity, 90 * s) ?? 0) >= 300 * s)
  })

  it('is unknown after one burst of messages, however many it had', () => {
    let activity = unseen
    for (let message = 0; message < 10; message += 1) activity = observeDevice(activity, 100 * s + message, false)
    assert.equal(deviceTimeout(activity, 90 * s), null)
  })

  it('is learnt also from a pause that raised an alert, if only few messages had arrived before', () => {
    let activity = unseen
    for (let message = 0; message < 3; message += 1) activity = observeDevice(activity, message * s, false)
    assert.equal(deviceTimeout(activity, 90 * s), 90 * s)
    activity = observeDevice(activity, 300 * s, true)
    assert.ok((deviceTimeout(activity, 90 * s) ?? 0) >= 600 * s)
  })

  it('is not learnt from the time in which the device was offline', () => {
    let activity = unseen
    for (let t = 0; t <= 100 * s; t += 10 * s) activity = observeDevice(activity, t, false)
    activity = observeDevice(activity, 90_000 * s, true)
    assert.equal(deviceTimeout(activity, 90 * s), 90 * s)
  })

  it('is at most three days after the clock has jumped by years', () => {
    let activity = unseen
    for (let t = 0; t <= 5; t += 1) activity = observeDevice(activity, t * 10 * s, false)
    activity = observeDevice(activity, 1e12, false)
    assert.ok((deviceTimeout(activity, 90 * s) ?? 0) <= 3 * 86_400 * s)
  })
})
