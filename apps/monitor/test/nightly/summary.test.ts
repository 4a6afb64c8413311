import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { hour } from '@hearthwatch/protocol/durations'
import { silentFor } from '../../nightly/silent-time.ts'
import { type SummaryOptions, sendSummary } from '../../nightly/summary.ts'
import { newAlert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { openStore } from '../../store/store.ts'
import { mockClock, recordSchedule } from './mocked-clock.ts'

const at = (iso: string) => Date.parse(iso)

describe('The daily summary’s content', () => {
  async function house(t: TestContext) {
    const folder = await mkdtemp(join(tmpdir(), 'schedule-'))
    const store = openStore(join(folder, 'test.db'))
    t.after(async () => {
      store.close()
      await rm(folder, { recursive: true })
    })
    const send = (date: string, now: number, more: Partial<SummaryOptions> = {}) =>
      sendSummary({
        ...more,
        store,
        date,
        now,
        log: silent,
        enqueue(event, content, severity, created) {
          for (const recipient of ['ann', 'ben'])
            store.notifications.add({ event: `${event}/mail/${recipient}`, channel: 'mail', recipient, severity, content, created })
        },
      })
    return { store, send }
  }
  const series = { room: 'kitchen', quantity: 'temperature', device: 'pi-1' }

  it('is the last 24 hours, for every recipient, once per local date, also across restarts and the repeated hour', async (t) => {
    const { store, send } = await house(t)
    const clock = mockClock(t, at('2026-10-25T00:00:00Z'))
    store.transaction(() => {
      for (const [hours, value] of [
        [-25, 99],
        [-23, 20],
        [-2, 30],
        [-1, 25],
      ] as const)
        store.readings.addTimed(series, value, clock.now() + hours * hour, false)
    })
    const run = () =>
      recordSchedule({ timeZone: 'Europe/Berlin', now: clock.now, onSummary: (date) => void send(date, clock.now()) }).schedule
    for (const restart of ['00:31', '01:05', '01:29', '01:31']) {
      const schedule = run()
      clock.until(at(`2026-10-25T${restart}:00Z`))
      await schedule.close()
    }
    const waiting = store.notifications.waiting('mail')
    assert.deepEqual(
      waiting.map(({ recipient, kind, severity }) => [recipient, kind, severity]),
      [
        ['ann', 'summary', 'info'],
        ['ben', 'summary', 'info'],
      ],
    )
    const [content] = store.notifications.contents([waiting[0]?.id ?? 0])
    assert.ok(content?.kind === 'summary')
    assert.deepEqual([content.date, content.from, content.to], ['2026-10-25', at('2026-10-24T00:30:00Z'), at('2026-10-25T00:30:00Z')])
    const [row] = content.rooms
    assert.deepEqual([row?.room, row?.min, row?.mean, row?.max, row?.last, row?.count], ['kitchen', 20, 25, 30, 25, 3])
  })

  it('has rooms in the order of the page, temperature first, and the mean of the day before', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-23T08:00:00Z')
    store.transaction(() => {
      for (const [room, quantity] of [
        ['room-10', 'temperature'],
        ['room-2', 'humidity'],
        ['room-2', 'temperature_2'],
        ['room-2', 'temperature'],
        ['attic', 'temperature'],
      ] as const) {
        store.readings.addTimed({ room, quantity, device: null }, 20, now - 30 * hour, false)
        store.readings.addTimed({ room, quantity, device: null }, 22, now - hour, false)
      }
      store.readings.addTimed({ room: 'new', quantity: 'temperature', device: null }, 22, now - hour, false)
      store.labels.put({ room: 'attic', name: 'Zebra', icon: null, position: null, group: null })
    })
    send('2026-11-23', now)
    const [content] = store.notifications.contents([1])
    assert.ok(content?.kind === 'summary')
    assert.deepEqual(
      content.rooms.map(({ room, quantity, before }) => [room, quantity, before]),
      [
        ['new', 'temperature', undefined],
        ['room-2', 'temperature', 20],
        ['room-2', 'temperature_2', 20],
        ['room-2', 'humidity', 20],
        ['room-10', 'temperature', 20],
        ['attic', 'temperature', 20],
      ],
    )
  })

  it('is empty without readings and events, and no summary is sent', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-23T08:00:00Z')
    store.readings.addTimed(series, 20, now - 25 * hour, false)
    assert.equal(send('2026-11-23', now), false)
    assert.deepEqual(store.notifications.waiting('mail'), [])
  })

  it('lists absent devices, lost readings and undelivered messages, even without readings', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-24T08:00:00Z')
    const gone = { ...store.devices.getOrMake('pi-2', 'pi-2', 'attic'), seen: now - 50 * hour }
    const here = { ...store.devices.getOrMake('pi-1', 'pi-1', 'kitchen'), seen: now - hour }
    store.transaction(() => {
      for (const device of [gone, here]) store.devices.put(device)
      for (const [noticed, first, last] of [
        [now - 30 * hour, 1, 5],
        [now - 2 * hour, 10, 12],
        [now - hour, 20, 20],
      ] as const)
        store.records.addGap('pi-1', 'e', { from: first, to: last }, noticed)
      store.notifications.add({
        event: 'x',
        channel: 'line',
        recipient: 'ann',
        severity: 'info',
        content: { kind: 'late-text' } as Content,
        created: 1,
      })
    })
    store.notifications.markDead([1], { en: 'why', 'zh-TW': '原因' }, now - hour)
    const budgets = [
      { channel: 'line', used: 165, perMonth: 200 },
      { channel: 'sms', used: 5, perMonth: 200 },
    ]
    assert.equal(send('2026-11-24', now, { budgets }), true)
    const [content] = store.notifications.contents([2])
    assert.ok(content?.kind === 'summary')
    assert.deepEqual(content.absent, [{ room: 'attic', device: 'pi-2', seen: now - 50 * hour }])
    assert.deepEqual(content.missing, [{ device: 'pi-1', count: 4 }])
    assert.deepEqual(content.undelivered, [{ channel: 'line', count: 1 }])
    assert.deepEqual(content.budgets, budgets.slice(0, 1))
    assert.equal(content.alive, undefined)
  })

  it('has the uptime of the monitor on Mondays', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-23T08:00:00Z')
    const alive = { uptime: 12 * 24 * hour, readings: 7, size: 123e6 }
    store.transaction(() => store.readings.addTimed(series, 20, now - hour, false))
    send('2026-11-23', now, { alive: () => alive })
    send('2026-11-24', now, { alive: () => alive })
    const [monday, tuesday] = store.notifications.contents([1, 3]) as Extract<Content, { kind: 'summary' }>[]
    assert.deepEqual([monday?.alive, tuesday?.alive], [alive, undefined])
  })

  it('has the time without readings of each room', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-24T08:00:00Z')
    store.transaction(() => {
      for (let time = now - 30 * hour; time < now; time += hour / 60) {
        if (time > now - 10 * hour && time < now - 7 * hour) continue
        store.readings.addTimed(series, 20, time, false)
        if (time > now - 5 * hour) store.readings.addTimed({ ...series, room: 'new' }, 20, time, false)
      }
    })
    send('2026-11-24', now)
    const [content] = store.notifications.contents([1])
    assert.ok(content?.kind === 'summary')
    const silent = Object.fromEntries(content.rooms.map(({ room, silent = 0 }) => [room, Math.round((silent / hour) * 5) / 5]))
    assert.deepEqual(silent, { kitchen: 3, new: 0 })
  })

  it('lists the alerts that fired during the 24 hours', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-23T08:00:00Z')
    const alert = (room: string, hours: number, resolved: number | null) => {
      const began = now + hours * hour
      const state = resolved === null ? 'firing' : 'resolved'
      const ended = resolved === null ? null : now + resolved * hour
      const about = { rule: 'offline', condition: 'offline', subject: room, room, severity: 'warning' } as const
      store.alerts.start(newAlert({ ...about, state, started: began, fired: began, resolved: ended }))
    }
    alert('over before', -30, -25)
    alert('over since', -30, -2)
    alert('still on', -1, null)
    store.transaction(() => store.readings.addTimed(series, 20, now - hour, false))
    assert.equal(send('2026-11-23', now), true)
    const [content] = store.notifications.contents([1])
    assert.ok(content?.kind === 'summary')
    assert.deepEqual(
      content.alerts?.map(({ room }) => room),
      ['still on', 'over since'],
      'the newest first',
    )
    assert.equal(content.more, 0)
    for (let i = 0; i < 40; i++) alert(`room ${i}`, -1, null)
    send('2026-11-24', now)
    const [long] = store.notifications.contents([3])
    assert.ok(long?.kind === 'summary')
    assert.deepEqual([long.alerts?.length, long.more], [30, 12])
  })
})

describe('The time without readings', () => {
  const minutes = (...starts: number[]) => starts.map((start): [number, number, number, number, number] => [start * 60_000, 1, 1, 1, 1])
  const silent = (starts: number[], to: number, isNew = false) => silentFor(minutes(...starts), 0, to * 60_000, isNew) / 60_000

  it('counts gaps that are longer than the usual interval of a series', () => {
    assert.equal(silent([0, 5, 10, 15, 20], 25), 0)
    assert.equal(silent([0, 5, 10, 100, 105], 110), 90)
    assert.equal(silent([0, 60, 120, 180, 300], 310), 0, 'one that speaks once an hour')
    assert.equal(silent([0, 60, 120, 180, 600, 660], 700), 420)
  })

  it('includes the beginning, except for a new series, and the end', () => {
    assert.equal(silent([100, 105, 110, 115], 120), 100)
    assert.equal(silent([100, 105, 110, 115], 120, true), 0)
    assert.equal(silent([0, 5, 10, 15], 200), 185)
  })
})
