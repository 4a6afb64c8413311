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

  /** Adds a notification. @returns its id */
  function addNotification(event: string, about: Alert, at: number, fate: 'sent' | 'failed' | 'pending'): number {
    store.notifications.add(notification(event, about, at))
    const [{ id } = { id: 0 }] = store.notifications.list(1)
    if (fate === 'sent') store.notifications.markSent([id], at)
    if (fate === 'failed') store.notifications.markDead([id], { en: 'no', 'zh-TW': '否' }, at)
    return id
  }

  /** Runs several nights, because one deletes at most a tenth. */
  async function nights(count: number, at = now): Promise<void> {
    for (let night = 0; night < count; night += 1) await pruneHistory({ store, now: () => at, log: silent })
  }

  return { store, alert, notification, addNotification, nights, left: () => store.notifications.list().map(({ id }) => id) }
}

describe('A notification', () => {
  it('is deleted 400 days after it was sent or given up', async (t) => {
    const { alert, addNotification, nights, left } = await house(t)
    const over = alert('a', 'resolved')
    addNotification('1', over, now - 401 * day, 'sent')
    addNotification('2', over, now - 401 * day, 'failed')
    const younger = [
      addNotification('3', over, now - 399 * day, 'sent'),
      addNotification('4', over, now - 399 * day, 'failed'),
      addNotification('5', over, now, 'sent'),
    ]
    await nights(3)
    assert.deepEqual(left(), younger.reverse())
  })

  it('stays while it is pending, and its age counts from its sending', async (t) => {
    const { store, alert, addNotification, nights, left } = await house(t)
    const over = alert('a', 'resolved')
    const waiting = addNotification('1', over, now - 1000 * day, 'pending')
    const sentNow = addNotification('2', over, now - 1000 * day, 'pending')
    store.notifications.markSent([sentNow], now)
    const taken = addNotification('3', over, now - 1000 * day, 'pending')
    store.notifications.claim([taken], 'a-message', 'subject', now - 1000 * day)
    await nights(5)
    assert.deepEqual(left(), [taken, sentNow, waiting])
  })

  it('stays while its alert is open, so that it is not sent again', async (t) => {
    const { store, alert, notification, addNotification, nights, left } = await house(t)
    const on = alert('a', 'firing')
    const id = addNotification('alert/1/firing', on, now - 1000 * day, 'sent')
    await nights(2)
    assert.deepEqual(left(), [id])
    assert.equal(store.notifications.add(notification('alert/1/firing', on, now)), false)
    store.transaction(() => store.alerts.save({ ...on, state: 'resolved', resolved: now }))
    await nights(1)
    assert.deepEqual(left(), [])
  })

  it('is one of at most a tenth that a night deletes, the oldest first, in case the clock is wrong', async (t) => {
    const { store, alert, addNotification, nights } = await house(t)
    const over = alert('a', 'resolved')
    store.transaction(() => {
      for (let i = 0; i < 2000; i += 1) addNotification(`${i}`, over, now - (2000 - i) * 1000, 'sent')
    })
    await nights(1, now + 3650 * day)
    const ids = store.notifications.list(3000).map(({ id }) => id)
    assert.deepEqual([ids.length, Math.min(...ids)], [1800, 201])
  })

  it('is deleted in small steps, which stop on request', async (t) => {
    const { store, alert, addNotification } = await house(t)
    const over = alert('a', 'resolved')
    store.transaction(() => {
      for (let i = 0; i < 1200; i += 1) addNotification(`${i}`, over, now - 500 * day, 'sent')
    })
    assert.deepEqual(store.pruning.removeNotifications(now, 0, 1200), { removed: 500, next: 500 })
    await pruneHistory({ store, now: () => now, log: silent, signal: AbortSignal.abort() })
    assert.equal(store.notifications.list(3000).length, 700)
  })
})

describe('Resolved alerts', () => {
  it('are kept for ever, up to a maximum; open alerts always stay', async (t) => {
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
