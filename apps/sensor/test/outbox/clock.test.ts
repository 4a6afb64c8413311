import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { applyMonitorTime, type Clock, newClock, quality, readClock, release } from '../../outbox/clock.ts'

const noon = Date.UTC(2026, 5, 1, 12)
const fresh = newClock({ newestTime: noon - hour, trustedOrigin: null })

/** The time and its quality when the wall clock shows `wall`. */
function at(clock: Clock, wall: number, uptime: number, synchronised = false): { clock: Clock; time: number | null; worth: number } {
  const [after, { origin, quality: worth }] = readClock(clock, { wall, uptime, synchronised })
  return { clock: after, time: origin === null ? null : origin + uptime, worth }
}

describe('the time of a reading', () => {
  it('is trusted if NTP has set the clock', () => {
    const { time, worth } = at(fresh, noon, 5000, true)
    assert.deepEqual([time, worth], [noon, quality.trusted])
  })

  it('is the wall clock’s, but not trusted, while it is not confirmed', () => {
    const { time, worth } = at(fresh, noon, 5000)
    assert.deepEqual([time, worth], [noon, quality.unsure])
  })

  it('is trusted once the monitor has sent the same time, within a minute', () => {
    const machine = { wall: noon, uptime: 5000, synchronised: false }
    for (const [monitorTime, worth] of [
      [noon + minute, quality.trusted],
      [noon - minute, quality.trusted],
      [noon + minute + 1, quality.unsure],
      [noon - minute - 1, quality.unsure],
    ] as const) {
      assert.equal(at(applyMonitorTime(fresh, machine, monitorTime), noon + 10_000, 15_000).worth, worth)
    }
  })

  it('continues by the uptime if the clock jumps after it was confirmed', () => {
    const clock = applyMonitorTime(fresh, { wall: noon, uptime: 5000, synchronised: false }, noon)
    for (const jump of [-hour, hour, 87_600 * hour]) {
      const { time, worth } = at(clock, noon + 10_000 + jump, 15_000)
      assert.deepEqual([time, worth], [noon + 10_000, quality.trusted])
    }
    const small = at(clock, noon + 10_000 + 30_000, 15_000)
    assert.deepEqual([small.time, small.worth], [noon + 40_000, quality.trusted], 'a correction within the tolerance is followed')
  })

  it('follows the wall clock again when NTP or the monitor confirms it', () => {
    const clock = applyMonitorTime(fresh, { wall: noon, uptime: 5000, synchronised: false }, noon)
    const jumped = noon + 10_000 + hour
    assert.equal(at(clock, jumped, 15_000, true).time, jumped)
    assert.equal(at(applyMonitorTime(clock, { wall: jumped, uptime: 15_000, synchronised: false }, jumped), jumped, 15_000).time, jumped)
  })

  it('is no longer trusted if the monitor contradicts both the clock and the uptime', () => {
    const clock = applyMonitorTime(fresh, { wall: noon, uptime: 5000, synchronised: false }, noon)
    const denied = applyMonitorTime(clock, { wall: noon + 10_000, uptime: 15_000, synchronised: false }, noon + 5 * hour)
    const { time, worth } = at(denied, noon + 20_000, 25_000)
    assert.deepEqual([time, worth], [noon + 20_000, quality.unsure])
  })

  it('is trusted from the start if it was trusted in this run of the machine', () => {
    const clock = newClock({ newestTime: noon, trustedOrigin: noon - 5000 })
    assert.equal(at(clock, noon + 10_000, 15_000).worth, quality.trusted)
  })
})

describe('without a plausible clock', () => {
  it('a reading waits: the clock shows a time before 2026 or an hour before the newest known time', () => {
    for (const wall of [0, release - 1, noon - 2 * hour - 1]) assert.deepEqual([at(fresh, wall, 5000).time], [null])
    assert.equal(at(fresh, noon - 2 * hour, 5000).worth, quality.unsure)
    assert.equal(at(newClock({ newestTime: 0, trustedOrigin: null }), release, 5000).worth, quality.unsure)
  })

  it('a reading waits even if NTP claims the year 1970', () => {
    assert.equal(at(fresh, 5000, 5000, true).worth, quality.waiting)
  })

  it('readings wait ten minutes, then their times are guessed from the newest known time and the uptime', () => {
    let { clock, worth } = at(fresh, 5000, 5000)
    assert.equal(worth, quality.waiting)
    ;({ clock, worth } = at(clock, 5000 + 10 * minute - 1, 5000 + 10 * minute - 1))
    assert.equal(worth, quality.waiting)
    const { time, worth: guessed } = at(clock, 5000 + 10 * minute, 5000 + 10 * minute)
    assert.deepEqual([time, guessed], [noon - hour + 5000 + 10 * minute, quality.guessed])
  })

  it('readings get their times when the clock is set', () => {
    const { clock } = at(fresh, 5000, 5000)
    const [, { origin, quality: worth }] = readClock(clock, { wall: noon, uptime: 65_000, synchronised: true })
    assert.deepEqual([(origin ?? 0) + 5000, worth], [noon - 60_000, quality.trusted])
  })

  it('the monitor’s time is used', () => {
    const clock = applyMonitorTime(fresh, { wall: 5000, uptime: 5000, synchronised: false }, noon)
    const { time, worth } = at(clock, 15_000, 15_000)
    assert.deepEqual([time, worth], [noon + 10_000, quality.trusted])
  })
})
