import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import type { Info } from '@hearthwatch/protocol'
import { createJudge } from '../../alerts/judge.ts'
import { createLiveState } from '../../live/live-state.ts'
import { createNotificationQueue } from '../../notify/enqueue.ts'
import type { Alert } from '../../rules/alert.ts'
import type { BrokerLink } from '../../rules/broker-machine.ts'
import { createHouseTroubles } from '../../rules/house-troubles.ts'
import { completeRule, type RuleDraft } from '../../rules/rule.ts'
import { openStore } from '../../store/store.ts'

export type TestJudge = ReturnType<typeof startJudge>

/** Starts a store and its judge without a broker and a clock: each call has its time as an argument, in seconds. */
export function startJudge(t: TestContext, rules: readonly RuleDraft[], { offlineAfter = 90 }: { offlineAfter?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'))
  const all = rules.map(completeRule)
  const openFile = () => openStore(join(folder, 'test.db'), all)
  let store = openFile()
  const notifications: string[] = []
  const events: Alert[] = []
  const troubles = createHouseTroubles()
  let { judge, notificationQueue } = create()
  let link: BrokerLink = { listeningSince: 0, downSince: null }
  t.after(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  function create() {
    const liveState = createLiveState(() => 0)
    liveState.onEvent((event) => {
      if (event.type === 'alert') events.push(event.data)
    })
    const notificationQueue = createNotificationQueue({ notifications: store.notifications, audience: () => [], liveState, log: silent })
    const spy = {
      ...notificationQueue,
      enqueueAlert(alert: Alert, transition: string, at: number, next: number | null) {
        const { channels } = alert
        notifications.push(
          [transition, alert.rule, alert.room ?? alert.device ?? '', ...(channels.length > 0 ? [channels.join(',')] : [])].join(' '),
        )
        notificationQueue.enqueueAlert(alert, transition as 'firing', at, next)
      },
      enqueueLateAlert(alert: Alert, at: number) {
        notifications.push(`late ${alert.rule} ${alert.room} ${alert.started / 1000}-${(alert.resolved ?? 0) / 1000}`)
        notificationQueue.enqueueLateAlert(alert, at)
      },
    }
    return { notificationQueue, judge: createJudge({ store, notificationQueue: spy, offlineAfter: offlineAfter * 1000, troubles }) }
  }

  const change = (work: () => void) => {
    store.transaction(work)
    notificationQueue.committed()
  }
  const deviceOf = (key: string) => {
    const [, room = null] = key.startsWith('/') ? ['', key.slice(1)] : []
    return store.devices.getOrMake(key, room === null ? key : null, room)
  }

  return {
    get store() {
      return store
    },
    events,
    /** All notifications, in short: `firing too-hot kitchen`. */
    notifications,
    /** The notifications since the last call, which are then removed from `notifications`. */
    notified: (): string[] => notifications.splice(0),
    open: () => [...store.alerts.allOpen()].map(({ rule, subject, state }) => `${state} ${rule} ${subject}`),
    change,

    /** The device sends a live message. */
    deviceSeen(key: string, second: number, about: { info?: Info; room?: string } = {}): void {
      change(() => {
        const device = Object.assign(deviceOf(key), about)
        judge.deviceSeen(device, second * 1000)
        device.status = 'online'
        store.devices.put(device)
      })
    },

    deviceOffline(key: string, second: number): void {
      change(() => {
        const device = deviceOf(key)
        judge.deviceOffline(device, second * 1000)
        device.status = 'offline'
        store.devices.put(device)
      })
    },

    /** A live reading of this room. */
    reading(room: string, value: number, second: number, { device = null as string | null, quantity = 'temperature' } = {}): void {
      this.deviceSeen(device ?? `/${room}`, second)
      change(() => judge.reading({ room, quantity, device }, value, second * 1000, { recorded: device !== null }))
    },

    /** A reading every ten seconds from one second to the next, both included. */
    readings(room: string, value: number, from: number, to: number, about: { device?: string; quantity?: string } = {}): void {
      for (let second = from; second <= to; second += 10) this.reading(room, value, second, about)
    },

    /** A batch of rows `second:value`; those over ten minutes old at `now` (s) are too old to be current. */
    batch(room: string, device: string, rows: string, now: number, interval = 10): void {
      change(() => {
        const judgeRow = judge.forBatch({ room, quantity: 'temperature', device }, interval * 1000, now * 1000)
        for (const row of rows.split(' ')) {
          const [second = 0, value = 0] = row.split(':').map(Number)
          judgeRow(value, second * 1000, now - second > 600)
        }
      })
    },

    /** The upkeep of the house has this trouble from now on; null: none. */
    trouble: troubles.report,

    diskFull(second: number): void {
      change(() => judge.diskFull(second * 1000))
    },

    text(room: string, text: string, second: number, ours = false): void {
      change(() => judge.text(room, text, second * 1000, { ours }))
    },

    retire: (subject: string, second: number) => change(() => judge.retire(subject, second * 1000)),

    tick(second: number): void {
      if (judge.look(second * 1000, link).some((change) => change !== null)) change(() => void judge.tick(second * 1000, link))
    },

    setLink(changed: Partial<BrokerLink>): void {
      link = { ...link, ...changed }
    },

    /** Closes the store and starts again on the same file. */
    restart(second: number): void {
      store.close()
      store = openFile()
      ;({ judge, notificationQueue } = create())
      link = { listeningSince: second * 1000, downSince: null }
    },
  }
}
