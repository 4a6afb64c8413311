import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { pruneHistory } from '../../nightly/prune-history.ts'
import { type Alert, newAlert } from '../../rules/alert.ts'
import { openStore } from '../../store/store.ts'

const now = Date.UTC(2026, 10, 23)

async function house(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'pruning-'))
  const store = openStore(join(folder, 'test.db'))
  t.after(async () => {
    store.close()
    await rm(folder, { recursive: true })
  })

  function alert(subject: string, state: Alert['state']): Alert {
    const about = { rule: 'too-hot', subject, condition: 'above', severity: 'critical', started: 1, fired: 1 } as const
    return store.transaction(() => store.alerts.start(newAlert({ ...about, state, resolved: state === 'resolved' ? 2 : null })))
  }

  const notification = (event: string, about: Alert, created: number) => ({
    event,
    channel: 'mail',
    recipient: 'ann@example.org',
    severity: 'critical' as const,
    content: { kind: 'alert', transition: 'firing', alert: about, at: created } as const,
    created,
  })

  /** @returns its id */
  function told(event: string, about: Alert, at: number, fate: 'sent' | 'failed' | 'pending'): number {
    store.notifications.add(notification(event, about, at))
    const [{ id } = { id: 0 }] = store.notifications.list(1)
    if (fate === 'sent') store.notifications.markSent([id], at)
    if (fate === 'failed') store.notifications.markDead([id], 'no', at)
    return id
  }

  /** Several nights, because one takes a tenth at most. */
  async function nights(count: number, at = now): Promise<void> {
    for (let night = 0; night < count; night += 1) await pruneHistory({ store, now: () => at, log: silent })
  }

  return { store, alert, notification, told, nights, left: () => store.notifications.list().map(({ id }) => id) }
}

describe('What people were told', () => {
  it('is forgotten after 400 days, sent or failed, and what is younger is not', async (t) => {
    const { alert, told, nights, left } = await house(t)
    const over = alert('a', 'resolved')
    told('1', over, now - 401 * day, 'sent')
    told('2', over, now - 401 * day, 'failed')
    const younger = [told('3', over, now - 399 * day, 'sent'), told('4', over, now - 399 * day, 'failed'), told('5', over, now, 'sent')]
    await nights(3)
    assert.deepEqual(left(), younger.reverse())
  })

  it('stays while it has yet to be told, however old it is, and counts from when it was', async (t) => {
    const { store, alert, told, nights, left } = await house(t)
    const over = alert('a', 'resolved')
    const waiting = told('1', over, now - 1000 * day, 'pending')
    const sentNow = told('2', over, now - 1000 * day, 'pending')
    store.notifications.markSent([sentNow], now)
    const taken = told('3', over, now - 1000 * day, 'pending')
    store.notifications.claim([taken], 'a-message', 'subject', now - 1000 * day)
    await nights(5)
    assert.deepEqual(left(), [taken, sentNow, waiting])
  })

  it('stays as long as its alert is on, so that nobody is told of it anew', async (t) => {
    const { store, alert, notification, told, nights, left } = await house(t)
    const on = alert('a', 'firing')
    const id = told('alert/1/firing', on, now - 1000 * day, 'sent')
    await nights(2)
    assert.deepEqual(left(), [id])
    assert.equal(store.notifications.add(notification('alert/1/firing', on, now)), false)
    store.transaction(() => store.alerts.save({ ...on, state: 'resolved', resolved: now }))
    await nights(1)
    assert.deepEqual(left(), [])
  })

  it('goes by a tenth a night at most, the oldest first: the clock may have run far ahead', async (t) => {
    const { store, alert, told, nights } = await house(t)
    const over = alert('a', 'resolved')
    store.transaction(() => {
      for (let i = 0; i < 2000; i += 1) told(`${i}`, over, now - (2000 - i) * 1000, 'sent')
    })
    await nights(1, now + 3650 * day)
    const ids = store.notifications.list(3000).map(({ id }) => id)
    assert.deepEqual([ids.length, Math.min(...ids)], [1800, 201])
  })

  it('is cleared away in small steps, and no further where it is asked to stop', async (t) => {
    const { store, alert, told } = await house(t)
    const over = alert('a', 'resolved')
    store.transaction(() => {
      for (let i = 0; i < 1200; i += 1) told(`${i}`, over, now - 500 * day, 'sent')
    })
    assert.deepEqual(store.pruning.removeNotifications(now, 0, 1200), { removed: 500, next: 500 })
    await pruneHistory({ store, now: () => now, log: silent, signal: AbortSignal.abort() })
    assert.equal(store.notifications.list(3000).length, 700)
  })
})

describe('Alerts that are over', () => {
  it('are kept for ever, up to a number of them; those that are on stay in any case', async (t) => {
    const { store, alert } = await house(t)
    const on = alert('on', 'firing')
    const over = Array.from({ length: 8 }, (_, i) => alert(`${i}`, 'resolved').id)
    await pruneHistory({ store, now: () => now + 36_500 * day, log: silent })
    assert.equal(store.alerts.list({}).length, 9)
    await pruneHistory({ store, now: () => now, log: silent, mostAlerts: 5 })
    assert.deepEqual(
      store.alerts
        .list({})
        .map(({ id }) => id)
        .sort((a, b) => a - b),
      [on.id, ...over.slice(4)],
    )
    assert.deepEqual(store.alerts.open('too-hot', 'on')?.id, on.id)
    await pruneHistory({ store, now: () => now, log: silent, mostAlerts: 0 })
    assert.deepEqual(
      store.alerts.list({}).map(({ id }) => id),
      [on.id],
    )
  })
})
