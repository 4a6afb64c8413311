import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silent } from '@hearthwatch/log'
import Database from 'better-sqlite3'
import { readConfig } from '../config.ts'
import { localDate, wallTime } from '../localtime.ts'
import { sendSummary } from '../notify/summary.ts'
import { cronProblem, type ScheduleOptions, startSchedule } from '../schedule.ts'
import { openStore } from '../store/store.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const at = (iso: string) => Date.parse(iso)

/** Time that passes minute by minute as fast as it can. */
function travel(t: TestContext, start: number) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start })
  let ahead = 0
  const now = () => Date.now() + ahead
  return {
    now,
    until(end: number) {
      while (now() < end) t.mock.timers.tick(Math.min(minute, end - now()))
    },
    /** The clock is set; timers do not notice. */
    setTo(time: number) {
      ahead = time - Date.now()
    },
  }
}

/** Starts a schedule that writes down when what was done, by the clock on the wall. */
function watch(options: Partial<ScheduleOptions> & Pick<ScheduleOptions, 'timeZone' | 'now'>) {
  const summaries: string[] = []
  const nights: string[] = []
  const wall = () => new Date(wallTime(options.now(), options.timeZone)).toISOString().slice(0, 16)
  const schedule = startSchedule({
    cron: '30 2 * * *',
    log: silent,
    onSummary: (date) => void summaries.push(`${date} at ${wall()}`),
    onNightly: async () => void nights.push(wall()),
    ...options,
  })
  return { schedule, summaries, nights }
}

describe('The daily summary', () => {
  const changes = [
    ['Europe/Berlin', '2026-03-29', '03:00'],
    ['Europe/Berlin', '2026-10-25', '02:30'],
    ['America/New_York', '2026-03-08', '03:00'],
    ['America/New_York', '2026-11-01', '02:30'],
    ['Asia/Taipei', '2026-03-29', '02:30'],
  ] as const
  for (const [timeZone, date, time] of changes) {
    it(`due at 02:30 comes once on each date around ${date} in ${timeZone}, at ${time} on that date`, async (t) => {
      const noon = at(`${date}T12:00:00Z`)
      const clock = travel(t, noon - 2 * day)
      const { schedule, summaries, nights } = watch({ timeZone, now: clock.now })
      clock.until(noon + 2 * day)
      const dates = [-1, 0, 1, 2].map((days) => localDate(noon + days * day, timeZone))
      assert.deepEqual(
        summaries,
        dates.map((each) => `${each} at ${each}T${each === date ? time : '02:30'}`),
      )
      assert.deepEqual(
        nights,
        dates.map((each) => `${each}T03:30`),
        'and so does the work of the night',
      )
      await schedule.close()
    })
  }

  it('comes once a date, however often its expression fits', async (t) => {
    const clock = travel(t, at('2026-11-23T12:00:30Z'))
    const { schedule, summaries } = watch({ timeZone: 'UTC', now: clock.now, cron: '* * * * *' })
    clock.until(at('2026-11-25T12:00:00Z'))
    assert.deepEqual(summaries, ['2026-11-23 at 2026-11-23T12:01', '2026-11-24 at 2026-11-24T00:00', '2026-11-25 at 2026-11-25T00:00'])
    await schedule.close()
  })

  it('knows seconds, and the days of the week as they are on the wall', async (t) => {
    const clock = travel(t, at('2026-11-23T12:00:00Z'))
    const seconds = watch({ timeZone: 'UTC', now: clock.now, cron: '*/2 * * * * *' })
    const sundays = watch({ timeZone: 'Asia/Taipei', now: clock.now, cron: '0 1 * * SUN' })
    for (let i = 0; i < 3; i++) t.mock.timers.tick(1000)
    assert.deepEqual(seconds.summaries, ['2026-11-23 at 2026-11-23T12:00'])
    await seconds.schedule.close()
    clock.until(at('2026-11-30T12:00:00Z'))
    assert.deepEqual(sundays.summaries, ['2026-11-29 at 2026-11-29T01:00'])
    await sundays.schedule.close()
  })

  it('comes when the machine wakes up that has slept over it', async (t) => {
    const clock = travel(t, at('2026-11-23T01:00:00Z'))
    const { schedule, summaries } = watch({ timeZone: 'UTC', now: clock.now })
    clock.setTo(at('2026-11-23T09:00:00Z'))
    clock.until(at('2026-11-23T10:00:00Z'))
    assert.equal(summaries.length, 1)
    await schedule.close()
  })

  it('that came due while the monitor was down comes at its start, if it is still that day', async (t) => {
    const clock = travel(t, at('2026-11-23T09:00:00Z'))
    const told = async (since: number | undefined) => {
      const { schedule, summaries } = watch({ timeZone: 'UTC', now: clock.now, since })
      await schedule.close()
      return summaries.length
    }
    assert.equal(await told(at('2026-11-23T02:00:00Z')), 1)
    assert.equal(await told(at('2026-11-20T02:00:00Z')), 1)
    assert.equal(await told(at('2026-11-23T02:31:00Z')), 0)
    assert.equal(await told(at('2036-11-23T02:31:00Z')), 0)
    assert.equal(await told(undefined), 0, 'and not where nobody knows')
  })

  it('survives a clock that leaps ten years ahead and comes back', async (t) => {
    const clock = travel(t, at('2026-11-23T12:00:00Z'))
    const { schedule, summaries } = watch({ timeZone: 'UTC', now: clock.now })
    clock.setTo(at('2036-11-23T12:00:00Z'))
    clock.until(at('2036-11-23T12:02:00Z'))
    clock.setTo(at('2026-11-23T12:05:00Z'))
    clock.until(at('2026-11-25T12:00:00Z'))
    assert.deepEqual(summaries, ['2036-11-23 at 2036-11-23T12:01', '2026-11-24 at 2026-11-24T02:30', '2026-11-25 at 2026-11-25T02:30'])
    await schedule.close()
  })

  it('is tried again when the disk is full; a bug of ours is not hidden', async (t) => {
    const clock = travel(t, at('2026-11-23T02:28:00Z'))
    let full = 3
    const { schedule, summaries } = watch({
      timeZone: 'UTC',
      now: clock.now,
      onSummary(date) {
        full -= 1
        if (full > 0) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL')
        summaries.push(date)
      },
    })
    clock.until(at('2026-11-23T02:40:00Z'))
    assert.deepEqual([summaries, full], [['2026-11-23'], 0])
    await schedule.close()
    const bug = watch({ timeZone: 'UTC', now: clock.now, cron: '41 2 * * *', onSummary: () => assert.fail('a bug') })
    assert.throws(() => clock.until(at('2026-11-23T02:42:00Z')), /a bug/)
    await bug.schedule.close()
  })

  it('with an expression that is none stops the start, which says what is wrong with it', () => {
    assert.equal(cronProblem('0 8 * * *'), undefined)
    assert.equal(
      cronProblem('0 25 * * *'),
      'is not a cron expression (it is "0 25 * * *": its hour cannot be 25; an example is 0 8 * * *, every day at 08:00)',
    )
    for (const wrong of ['daily', '0 8 * *', '0 8 31 2 *', '']) assert.match(cronProblem(wrong) ?? '', /^is not a cron expression/)
    assert.throws(() => readConfig({ SUMMARY_CRON: 'at eight' }, []), /SUMMARY_CRON is not a cron expression/)
  })
})

describe('The work of the night', () => {
  it('is asked to stop when the monitor stops, which waits for it', async (t) => {
    const clock = travel(t, at('2026-11-23T03:29:00Z'))
    const steps: string[] = []
    const { schedule } = watch({
      timeZone: 'UTC',
      now: clock.now,
      onNightly: (signal) =>
        new Promise<void>((resolve) => {
          steps.push('started')
          signal.addEventListener('abort', () => setImmediate(resolve))
        }).then(() => void steps.push('stopped')),
    })
    clock.until(at('2026-11-23T03:31:00Z'))
    await schedule.close()
    assert.deepEqual(steps, ['started', 'stopped'])
  })
})

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
    const none = { device: null, quantity: null, value: null, bound: null, text: null, acknowledged: null, due: null }
    const alert = (room: string, hours: number, resolved: number | null) => {
      const began = now + hours * hour
      const state = resolved === null ? 'firing' : 'resolved'
      const ended = resolved === null ? null : now + resolved * hour
      store.alerts.start({
        ...none,
        rule: 'offline',
        subject: room,
        room,
        severity: 'warning',
        state,
        started: began,
        fired: began,
        resolved: ended,
      })
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
