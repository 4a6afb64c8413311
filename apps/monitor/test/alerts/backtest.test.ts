import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Rule } from '@hearthwatch/api/rule'
import { silent } from '@hearthwatch/log'
import fc from 'fast-check'
import { backTest } from '../../alerts/backtest.ts'
import { createJudge, type Judge } from '../../alerts/judge.ts'
import { createLiveState } from '../../live/live-state.ts'
import { createNotificationQueue } from '../../notify/enqueue.ts'
import { readRule } from '../../rules/check-rule.ts'
import { subjectOf } from '../../store/readings/series-name.ts'
import { openStore, type Store } from '../../store/store.ts'

const s = 1000
const start = Date.UTC(2026, 10, 23, 12)
/** The tick that notices a change due at this time; there is one each second. */
const noticed = (time: number) => Math.ceil(time / s) * s

const silences = fc
  .constantFrom(30, 100, 700)
  .map((least): Rule => readRule({ name: 'tested', quantity: 'power', condition: 'silent', for: least }))
const limits = fc
  .record({
    condition: fc.constantFrom('above', 'below', 'outside', 'rises', 'falls'),
    for: fc.constantFrom(0, 0, 10, 45),
    keepFiringFor: fc.constantFrom(0, 0, 20, 90),
    recover: fc.constantFrom(undefined, 0, 0.5, 1.5),
    noData: fc.constantFrom('keep', 'alert', 'ignore'),
    window: fc.constantFrom(15, 60, 300),
  })
  .map(({ window, condition, ...rest }): Rule => {
    const limit = { above: 22, below: 18, outside: [17, 23], rises: 3, falls: 3 }[condition]
    const hasWindow = condition === 'rises' || condition === 'falls'
    return readRule({ name: 'tested', quantity: 'power', limit, condition, ...rest, ...(hasWindow && { window }) })
  })

const rules = fc.oneof({ weight: 5, arbitrary: limits }, { weight: 1, arbitrary: silences })

/** Values near the limits, seconds apart, with a few pauses in which the series is missing. */
const readings = fc.array(
  fc.record({
    after: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 1, arbitrary: fc.integer({ min: 500, max: 2000 }) },
    ),
    value: fc.integer({ min: 28, max: 52 }).map((half) => half / 2),
    /** The monitor restarts before this reading. */
    restart: fc.constantFrom(...Array(19).fill(false), true) as fc.Arbitrary<boolean>,
  }),
  { minLength: 1, maxLength: 80 },
)

interface Taken {
  time: number
  value: number
  restart: boolean
}

describe('A back-test', () => {
  let folder: string
  let store: Store
  let judge: Judge
  let run = 0
  function open(): void {
    store = openStore(join(folder, 'house.db'), [])
    const notificationQueue = createNotificationQueue({
      notifications: store.notifications,
      audience: () => [],
      liveState: createLiveState(() => 0),
      log: silent,
    })
    judge = createJudge({ store, notificationQueue, offlineAfter: 90 * s })
  }
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'backtest-'))
    open()
  })
  after(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  /**
   * Judges the readings live, with a tick each second, of a device that is always online.
   * @returns the alerts that this raised
   */
  function live(rule: Rule, room: string, taken: readonly Taken[], until: number) {
    const name = { room, quantity: 'power', device: `pi-${room}` }
    store.rules.put({ ...rule, rooms: room }, 0)
    const link = { listeningSince: start, downSince: null }
    let clock = start
    const heartbeat = (at: number) => {
      const device = store.devices.getOrMake(name.device, name.device, room)
      judge.deviceSeen(device, at)
      store.devices.put(device)
    }
    const tick = (to: number) => {
      for (; clock <= to; clock += s) {
        if (clock % (20 * s) === 0) heartbeat(clock)
        if (judge.look(clock, link).some((change) => change !== null)) judge.tick(clock, link)
      }
    }
    const take = ({ time, value }: Taken) => {
      tick(time)
      heartbeat(time)
      store.readings.addTimed(name, value, time, false)
      judge.reading(name, value, time, { recorded: false })
    }
    // One transaction from restart to restart, because a commit for each reading would take minutes.
    for (let at = 0; at < taken.length; ) {
      const next = taken.findIndex(({ restart }, i) => restart && i > at)
      const end = next === -1 ? taken.length : next
      store.transaction(() => taken.slice(at, end).forEach(take))
      if (end < taken.length) {
        store.close()
        open()
      }
      at = end
    }
    store.transaction(() => tick(until - s))
    const alerts = store.alerts.list({ room }).filter(({ fired }) => fired !== null)
    store.transaction(() => {
      judge.retire(subjectOf(name), until)
      store.devices.remove(name.device)
    })
    return alerts
      .map(({ started, fired, resolved, bound, noData }) => ({
        started,
        fired: noticed(fired ?? 0),
        resolved,
        limit: noData === 1 ? null : bound,
      }))
      .reverse()
  }

  it('lists the alerts that were raised live, also if the monitor was restarted in between', async () => {
    const seen = { alerts: 0, missing: 0 }
    await fc.assert(
      fc.asyncProperty(rules, readings, async (rule, given) => {
        run += 1
        const room = `room-${run}`
        let time = start
        const taken = given.map(({ after, ...rest }) => {
          time += after * s
          return { time, ...rest }
        })
        const until = time + 900 * s
        const raised = live(rule, room, taken, until)
        const { alerts } = await backTest({ rule: { ...rule, rooms: room }, readings: store.readings, from: start, to: until })
        const found = alerts.map(({ started, fired, resolved, limit }) => ({
          started: noticed(started),
          fired: noticed(fired),
          resolved,
          limit,
        }))
        assert.deepEqual(found, raised)
        seen.alerts += found.length
        seen.missing += found.filter(({ limit }) => limit === null).length
      }),
      { numRuns: 100 },
    )
    // The generated readings must raise enough alerts to prove anything.
    assert.ok(seen.alerts > 50 && seen.missing > 3, JSON.stringify(seen))
  })
})
