import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { createNotifier, type Supervision } from '../index.ts'

const second = 1000
const unit: Supervision = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '120000000' }

function start(env: Supervision, failure?: Error) {
  const sent: string[] = []
  const clock = { now: 0 }
  const notifier = createNotifier(
    env,
    silent,
    () => clock.now,
    async (lines) => {
      sent.push(...lines)
      if (failure) throw failure
    },
  )
  return { notifier, sent, clock }
}

describe('The notifier of systemd', () => {
  it('sends nothing without systemd', () => {
    const { notifier, sent } = start({})
    notifier.expect(3600 * second)
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    assert.deepEqual(sent, [])
  })

  it('sends the start, the life and the stop of the program', () => {
    const { notifier, sent } = start(unit)
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    assert.deepEqual(sent, ['READY=1', 'WATCHDOG=1', 'STOPPING=1'])
  })

  it('sends no sign of life to a unit without a watchdog', () => {
    const { notifier, sent } = start({ ...unit, WATCHDOG_USEC: undefined })
    notifier.expect(3600 * second)
    notifier.alive()
    assert.deepEqual(sent, [])
  })

  it('sends the life of a fast program four times within the time of the watchdog', () => {
    const { notifier, sent, clock } = start(unit)
    for (; clock.now < 120 * second; clock.now += 50) notifier.alive()
    assert.equal(sent.length, 4)
  })

  it('extends the watchdog for a program whose cycles are longer, and restores it', () => {
    const { notifier, sent } = start(unit)
    for (const cycle of [10, 3600, 3600, 1]) notifier.expect(cycle * second)
    assert.deepEqual(sent, ['WATCHDOG_USEC=10800000000', 'WATCHDOG_USEC=120000000'])
  })

  it('survives a failed message', async () => {
    const { notifier, sent } = start(unit, new Error('no systemd-notify'))
    notifier.ready()
    await Promise.resolve()
    assert.deepEqual(sent, ['READY=1'])
  })
})
