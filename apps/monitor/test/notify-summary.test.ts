import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import { sendSummary } from '../notify/summary.ts'
import { newAlert } from '../store/alerts.ts'
import { openStore } from '../store/store.ts'
import { travel, watch } from './time-travel.ts'

const hour = 3_600_000
const at = (iso: string) => Date.parse(iso)

describe('What the summary tells', () => {
  async function house(t: TestContext) {
    const folder = await mkdtemp(join(tmpdir(), 'schedule-'))
    const store = openStore(join(folder, 'test.db'))
    t.after(async () => {
      store.close()
      await rm(folder, { recursive: true })
    })
    const send = (date: string, now: number) =>
      sendSummary({
        store,
        date,
        now,
        log: silent,
        tell(event, content, severity, created) {
          for (const recipient of ['ann', 'ben'])
            store.notifications.add({ event: `${event}/mail/${recipient}`, channel: 'mail', recipient, severity, content, created })
        },
      })
    return { store, send }
  }
  const series = { room: 'kitchen', quantity: 'temperature', device: 'pi-1' }

  it('is the last 24 hours, for everyone, once per local date over restarts and the hour that comes twice', async (t) => {
    const { store, send } = await house(t)
    const clock = travel(t, at('2026-10-25T00:00:00Z'))
    for (const [hours, value] of [
      [-25, 99],
      [-23, 20],
      [-2, 30],
      [-1, 25],
    ] as const)
      store.readings.addTimed(series, value, clock.now() + hours * hour, false)
    const run = () => watch({ timeZone: 'Europe/Berlin', now: clock.now, onSummary: (date) => void send(date, clock.now()) }).schedule
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

  it('is nothing where nothing was measured: it is left out', async (t) => {
    const { store, send } = await house(t)
    const now = at('2026-11-23T08:00:00Z')
    store.readings.addTimed(series, 20, now - 25 * hour, false)
    assert.equal(send('2026-11-23', now), false)
    assert.deepEqual(store.notifications.waiting('mail'), [])
  })

  it('names the alerts that were on in that time', async (t) => {
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
    store.readings.addTimed(series, 20, now - hour, false)
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
