import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBoard } from '../board.ts'

const hour = 3_600_000

describe('A tile', () => {
  const clock = { now: Date.UTC(2026, 10, 23, 12) }
  const open = () => {
    const board = createBoard(() => clock.now)
    const show = (value: number, time: number) => board.show('attic', 'temperature', { value, time, device: 'pi-1' })
    return { show, value: () => board.current('attic', 'temperature')?.value }
  }

  it('shows the later of two readings, in whatever order they come', () => {
    const { show, value } = open()
    show(21, clock.now)
    show(20, clock.now - 1000)
    assert.equal(value(), 21)
  })

  it('is not held by a reading of a clock that is hours ahead', () => {
    const { show, value } = open()
    show(20, clock.now + 4 * hour)
    show(21, clock.now)
    assert.equal(value(), 21)
  })

  it('is not held by what it showed before our own clock was set back', () => {
    const { show, value } = open()
    show(20, clock.now)
    clock.now -= hour
    show(21, clock.now)
    assert.equal(value(), 21)
  })
})
