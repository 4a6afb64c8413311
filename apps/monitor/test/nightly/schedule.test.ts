import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day } from '@hearthwatch/protocol/durations'
import Database from 'better-sqlite3'
import { readConfig } from '../../config/config.ts'
import { localDate } from '../../localtime.ts'
import { cronProblem } from '../../nightly/schedule.ts'
import { mockClock, recordSchedule } from './mocked-clock.ts'

const at = (iso: string) => Date.parse(iso)

describe('The daily summary', () => {
  const changes = [
    ['Europe/Berlin', '2026-03-29', '03:00'],
    ['Europe/Berlin', '2026-10-25', '02:30'],
    ['America/New_York', '2026-03-08', '03:00'],
    ['America/New_York', '2026-11-01', '02:30'],
    ['Asia/Taipei', '2026-03-29', '02:30'],
  ] as const
  for (const [timeZone, date, time] of changes) {
    it(`due at 02:30 is sent once on each date around ${date} in ${timeZone}, at ${time} on that date`, async (t) => {
      const noon = at(`${date}T12:00:00Z`)
      const clock = mockClock(t, noon - 2 * day)
      const { schedule, summaries, nights } = recordSchedule({ timeZone, now: clock.now })
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

  it('is sent once a date, even if its expression matches several times', async (t) => {
    const clock = mockClock(t, at('2026-11-23T12:00:30Z'))
    const { schedule, summaries } = recordSchedule({ timeZone: 'UTC', now: clock.now, cron: '* * * * *' })
    clock.until(at('2026-11-25T12:00:00Z'))
    assert.deepEqual(summaries, ['2026-11-23 at 2026-11-23T12:01', '2026-11-24 at 2026-11-24T00:00', '2026-11-25 at 2026-11-25T00:00'])
    await schedule.close()
  })

  it('supports seconds, and days of the week in local time', async (t) => {
    const clock = mockClock(t, at('2026-11-23T12:00:00Z'))
    const seconds = recordSchedule({ timeZone: 'UTC', now: clock.now, cron: '*/2 * * * * *' })
    const sundays = recordSchedule({ timeZone: 'Asia/Taipei', now: clock.now, cron: '0 1 * * SUN' })
    for (let i = 0; i < 3; i++) t.mock.timers.tick(1000)
    assert.deepEqual(seconds.summaries, ['2026-11-23 at 2026-11-23T12:00'])
    await seconds.schedule.close()
    clock.until(at('2026-11-30T12:00:00Z'))
    assert.deepEqual(sundays.summaries, ['2026-11-29 at 2026-11-29T01:00'])
    await sundays.schedule.close()
  })

  it('is sent when the machine wakes up after the due time', async (t) => {
    const clock = mockClock(t, at('2026-11-23T01:00:00Z'))
    const { schedule, summaries } = recordSchedule({ timeZone: 'UTC', now: clock.now })
    clock.setTo(at('2026-11-23T09:00:00Z'))
    clock.until(at('2026-11-23T10:00:00Z'))
    assert.equal(summaries.length, 1)
    await schedule.close()
  })

  it('that was due while the monitor was down is sent at the start on the same date', async (t) => {
    const clock = mockClock(t, at('2026-11-23T09:00:00Z'))
    const sentAfter = async (since: number | undefined) => {
      const { schedule, summaries } = recordSchedule({ timeZone: 'UTC', now: clock.now, since })
      await schedule.close()
      return summaries.length
    }
    assert.equal(await sentAfter(at('2026-11-23T02:00:00Z')), 1)
    assert.equal(await sentAfter(at('2026-11-20T02:00:00Z')), 1)
    assert.equal(await sentAfter(at('2026-11-23T02:31:00Z')), 0)
    assert.equal(await sentAfter(at('2036-11-23T02:31:00Z')), 0)
    assert.equal(await sentAfter(undefined), 0, 'none without a known last run')
  })

  it('works after a clock jumps ten years ahead and back', async (t) => {
    const clock = mockClock(t, at('2026-11-23T12:00:00Z'))
    const { schedule, summaries } = recordSchedule({ timeZone: 'UTC', now: clock.now })
    clock.setTo(at('2036-11-23T12:00:00Z'))
    clock.until(at('2036-11-23T12:02:00Z'))
    clock.setTo(at('2026-11-23T12:05:00Z'))
    clock.until(at('2026-11-25T12:00:00Z'))
    assert.deepEqual(summaries, ['2036-11-23 at 2036-11-23T12:01', '2026-11-24 at 2026-11-24T02:30', '2026-11-25 at 2026-11-25T02:30'])
    await schedule.close()
  })

  it('is retried on a full disk; any other error is thrown', async (t) => {
    const clock = mockClock(t, at('2026-11-23T02:28:00Z'))
    let full = 3
    const { schedule, summaries } = recordSchedule({
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
    const bug = recordSchedule({ timeZone: 'UTC', now: clock.now, cron: '41 2 * * *', onSummary: () => assert.fail('a bug') })
    assert.throws(() => clock.until(at('2026-11-23T02:42:00Z')), /a bug/)
    await bug.schedule.close()
  })

  it('is sent at the next due time of the date if there was no content before', async (t) => {
    const clock = mockClock(t, at('2026-11-23T07:59:30Z'))
    let tries = 0
    const { schedule } = recordSchedule({
      timeZone: 'UTC',
      now: clock.now,
      cron: '*/10 8 * * *',
      onSummary() {
        tries += 1
        return tries === 3
      },
    })
    clock.until(at('2026-11-23T12:00:00Z'))
    assert.equal(tries, 3)
    await schedule.close()
  })

  it('with an invalid cron expression is a settings error that names the mistake', () => {
    assert.equal(cronProblem('0 8 * * *'), undefined)
    assert.equal(
      cronProblem('0 25 * * *'),
      'is not a cron expression (it is "0 25 * * *": its hour cannot be 25; an example is 0 8 * * *, every day at 08:00)',
    )
    for (const wrong of ['daily', '0 8 * *', '0 8 31 2 *', '']) assert.match(cronProblem(wrong) ?? '', /^is not a cron expression/)
    assert.throws(() => readConfig({ SUMMARY_CRON: 'at eight' }, []), /SUMMARY_CRON is not a cron expression/)
  })
})

describe('A nightly task', () => {
  it('is asked to stop when the monitor stops, and the monitor waits for it', async (t) => {
    const clock = mockClock(t, at('2026-11-23T03:29:00Z'))
    const steps: string[] = []
    const { schedule } = recordSchedule({
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
