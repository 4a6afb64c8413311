import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { createLiveState } from '../../live/live-state.ts'
import { createNotificationQueue, type NotificationQueue } from '../../notify/enqueue.ts'
import { type Alert, newAlert } from '../../rules/alert.ts'
import { openStore, type Store } from '../../store/store.ts'

const hot = newAlert({
  rule: 'too-hot',
  condition: 'above',
  subject: 'kitchen/temperature/',
  room: 'kitchen',
  quantity: 'temperature',
  state: 'firing',
  severity: 'critical',
  value: 31,
  bound: 30,
  started: 1,
  fired: 1,
})

const audience = [
  { channel: 'mail', recipient: 'ann@example.org' },
  { channel: 'ntfy', recipient: 'home' },
]

describe('The transition of an alert', () => {
  const lines: string[] = []
  const events: string[] = []
  let folder: string
  let store: Store
  let notificationQueue: NotificationQueue
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tell-'))
    store = openStore(join(folder, 'test.db'))
    const liveState = createLiveState(Date.now)
    liveState.onEvent(({ type }) => events.push(type))
    const log = createLog('monitor', 'info', (line) => lines.push(line))
    notificationQueue = createNotificationQueue({ notifications: store.notifications, audience: () => audience, liveState, log })
  })
  after(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const told = (at: number) =>
    store.notifications
      .list()
      .filter(({ created }) => created === at)
      .map(({ channel }) => channel)
      .sort()
  const step = (alert: Alert) => {
    notificationQueue.enqueueAlert(alert, 'firing', 1)
    notificationQueue.publishAlert(alert, alert.state)
  }
  beforeEach(() => {
    lines.length = events.length = 0
  })

  it('is neither published nor logged if its transaction is rolled back, as each second on a full disk', () => {
    for (let second = 0; second < 3; second += 1) {
      const attempt = () =>
        store.transaction(() => {
          step(store.alerts.start(hot))
          throw new Error('database or disk is full')
        })
      assert.throws(attempt)
      notificationQueue.forget()
    }
    notificationQueue.committed()
    assert.deepEqual([lines, events, store.notifications.list()], [[], [], []])
  })

  it('is logged and published after its commit', () => {
    store.transaction(() => step(store.alerts.start(hot)))
    assert.deepEqual([lines, events], [[], []])
    notificationQueue.committed()
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /alert firing.*room=kitchen/)
    assert.deepEqual(events, ['alert'])
  })

  it('is not enqueued for a channel with a higher least severity', () => {
    const minimum = 'warning'
    const audience = [{ channel: 'sms', recipient: 'ann', minimum } as const, { channel: 'log', recipient: 'ann' }]
    const picky = createNotificationQueue({
      notifications: store.notifications,
      audience: () => audience,
      liveState: createLiveState(Date.now),
      log: createLog('x', 'error'),
    })
    for (const [i, severity] of (['info', 'warning', 'critical'] as const).entries()) {
      const alert = store.alerts.start({ ...hot, subject: severity, rule: 'picky', severity })
      store.transaction(() => picky.enqueueAlert(alert, 'firing', 10 + i))
    }
    assert.deepEqual([told(10), told(11), told(12)], [['log'], ['log', 'sms'], ['log', 'sms']])
  })

  it('is not enqueued for a muted channel, nor for others if its rule names only the muted one', () => {
    const some = createNotificationQueue({
      notifications: store.notifications,
      audience: () => [{ channel: 'ntfy', recipient: 'home', isMuted: true }, ...audience.slice(0, 1)],
      liveState: createLiveState(Date.now),
      log: createLog('x', 'error'),
    })
    for (const [at, channels] of [
      [20, []],
      [21, ['ntfy']],
    ] as const)
      store.transaction(() => some.enqueueAlert(store.alerts.start({ ...hot, subject: `${at}`, rule: 'muted', channels }), 'firing', at))
    assert.deepEqual([told(20), told(21)], [['mail'], []])
  })

  it('is enqueued for the channels that its rule names', () => {
    store.transaction(() =>
      notificationQueue.enqueueAlert(store.alerts.start({ ...hot, subject: 'a', rule: 'one', channels: ['ntfy'] }), 'firing', 2),
    )
    assert.deepEqual(told(2), ['ntfy'])
  })

  it('is enqueued for all channels if the rule names none, or only channels that no longer exist', () => {
    store.transaction(() => notificationQueue.enqueueAlert(store.alerts.start({ ...hot, subject: 'b', rule: 'all' }), 'firing', 3))
    store.transaction(() =>
      notificationQueue.enqueueAlert(store.alerts.start({ ...hot, subject: 'c', rule: 'gone', channels: ['pager'] }), 'firing', 4),
    )
    assert.deepEqual(
      [told(3), told(4)],
      [
        ['mail', 'ntfy'],
        ['mail', 'ntfy'],
      ],
    )
  })
})
