import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour } from '@hearthwatch/protocol/durations'
import { createLiveState } from '../../live/live-state.ts'

describe('The current value of a quantity', () => {
  const clock = { now: Date.UTC(2026, 10, 23, 12) }
  const open = () => {
    const liveState = createLiveState(() => clock.now)
    const show = (value: number, time: number) => liveState.show('attic', 'temperature', { value, time, device: 'pi-1' })
    return { show, value: () => liveState.current('attic', 'temperature')?.value }
  }

  it('is the later of two readings, in each order of arrival', () => {
    const { show, value } = open()
    show(21, clock.now)
    show(20, clock.now - 1000)
    assert.equal(value(), 21)
  })

  it('is replaced if it came from a clock that is hours ahead', () => {
    const { show, value } = open()
    show(20, clock.now + 4 * hour)
    show(21, clock.now)
    assert.equal(value(), 21)
  })

  it('is replaced if the clock of the monitor was set back', () => {
    const { show, value } = open()
    show(20, clock.now)
    clock.now -= hour
    show(21, clock.now)
    assert.equal(value(), 21)
  })

  it('that is filled from old readings is the latest of them, until a live reading replaces it', () => {
    const liveState = createLiveState(() => clock.now)
    const fill = (value: number, time: number) => liveState.fill('attic', 'temperature', { value, time, device: null })
    const value = () => liveState.current('attic', 'temperature')?.value
    fill(20, clock.now - 10 * hour)
    fill(21, clock.now - 9 * hour)
    fill(19, clock.now - 11 * hour)
    assert.equal(value(), 21)
    liveState.show('attic', 'temperature', { value: 22, time: clock.now - 12 * hour, device: null })
    assert.equal(value(), 22)
    fill(23, clock.now)
    assert.equal(value(), 22)
  })
})
