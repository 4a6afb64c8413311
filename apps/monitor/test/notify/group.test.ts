import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, second } from '@hearthwatch/protocol/durations'
import { groupOf, plan } from '../../notify/group.ts'
import type { Waiting } from '../../store/notifications.ts'

const pace = { wait: 2 * second, interval: 60 * second }
const start = Date.UTC(2026, 10, 23)

let lastId = 0
function row(given: Partial<Waiting> = {}): Waiting {
  lastId += 1
  const created = given.created ?? start
  return {
    id: lastId,
    recipient: 'ann@example.org',
    severity: 'warning',
    kind: 'alert',
    alert: lastId,
    transition: 'firing',
    unproven: null,
    held: null,
    message: null,
    next: created,
    tried: null,
    attempts: 0,
    created,
    ...given,
  }
}
const rows = (count: number, given: Partial<Waiting> = {}) => Array.from({ length: count }, () => row(given))
/** No row is sent before `next`. */
const waits = (next: number) => ({ send: [], drop: [], hold: [], next })
const sizes = (waiting: Waiting[], now: number, last = new Map<string, number>()) =>
  plan(waiting, last, now, pace).send.map(({ rows }) => rows.length)

describe('A group of rows that wait to be sent', () => {
  it('of rooms that are known does not wait for rows of new rooms, and is sent before them', () => {
    const made = rows(300, { severity: 'critical', unproven: 1 })
    const known = row({ severity: 'critical', created: start + second })
    const last = new Map([[groupOf({ ...known, unproven: 1 }), start]])
    const planned = plan([...made, known], last, start + 3 * second, pace)
    assert.deepEqual(
      planned.send.map((batch) => batch.rows.map(({ id }) => id)),
      [[known.id]],
    )
    const later = plan([...made, known], last, start + 60 * second, pace)
    assert.deepEqual(
      later.send.map((batch) => batch.rows.length),
      [1, 300],
    )
  })

  it('waits GROUP_WAIT from its first row on; later rows do not extend the wait', () => {
    const waiting = [row(), row({ created: start + 1.9 * second })]
    assert.deepEqual(plan(waiting, new Map(), start + 1.9 * second, pace), waits(start + 2 * second))
    assert.deepEqual(sizes(waiting, start + 2 * second), [2])
  })

  it('is one message for each recipient and severity, the most urgent first', () => {
    const waiting = [row({ severity: 'info' }), row(), row({ recipient: 'ben@example.org' }), row({ severity: 'critical' }), row()]
    const { send } = plan(waiting, new Map(), start + 2 * second, pace)
    assert.deepEqual(
      send.map(({ rows }) => rows.map(groupOf)),
      [
        ['critical ann@example.org'],
        ['warning ann@example.org', 'warning ann@example.org'],
        ['warning ben@example.org'],
        ['info ann@example.org'],
      ],
    )
  })

  it('is sent at most once per interval', () => {
    const last = new Map([['warning ann@example.org', start - 10 * second]])
    assert.deepEqual(plan([row()], last, start + 5 * second, pace), waits(start + 50 * second))
    assert.deepEqual(sizes([row(), row({ recipient: 'ben@example.org' })], start + 5 * second, last), [1], 'the other group does not wait')
    assert.deepEqual(sizes(rows(3), start + 50 * second, last), [3])
  })

  it('is sent without the interval if it has at most five critical alerts', () => {
    const last = new Map([['critical ann@example.org', start - second]])
    assert.deepEqual(sizes(rows(5, { severity: 'critical' }), start + 2 * second, last), [5])
    assert.deepEqual(plan(rows(6, { severity: 'critical' }), last, start + 2 * second, pace), waits(start + 59 * second))
  })

  it('of 200 critical alerts in 10 s is sent in at most two messages that contain all of them', () => {
    const coming = Array.from({ length: 200 }, (_, i) => row({ severity: 'critical', created: start + i * 50 }))
    const last = new Map<string, number>()
    const told: number[] = []
    const gone = new Set<Waiting>()
    for (let now = start; now < start + 120 * second; now += 50) {
      const waiting = coming.filter((each) => each.created <= now && !gone.has(each))
      for (const { rows } of plan(waiting, last, now, pace).send) {
        told.push(rows.length)
        for (const each of rows) gone.add(each)
        last.set('critical ann@example.org', now)
      }
    }
    assert.equal(told.length, 2)
    assert.equal(gone.size, 200)
  })

  it('does not contain the daily summary, which is sent at once in a message of its own', () => {
    const last = new Map([['info ann@example.org', start]])
    const waiting = [row({ severity: 'info', kind: 'summary' }), row({ severity: 'info' })]
    const { send } = plan(waiting, last, start, pace)
    assert.deepEqual(send, [{ message: null, rows: [waiting[0]] }])
  })
})

describe('A message that has been attempted before', () => {
  it('is retried as the same message with the same rows when it is due', () => {
    const tried = { message: 'one', attempts: 1, tried: start, next: start + 30 * second }
    const waiting = [row(tried), row(tried), row({ created: start + 29 * second })]
    assert.deepEqual(plan(waiting, new Map(), start + 29 * second, pace), waits(start + 30 * second))
    const { send } = plan(waiting, new Map(), start + 30 * second, pace)
    assert.deepEqual(send, [{ message: 'one', rows: waiting.slice(0, 2) }])
  })

  it('does not delay new rows', () => {
    const waiting = [row({ message: 'one', next: start + 3600 * second }), row()]
    assert.deepEqual(plan(waiting, new Map(), start + 2 * second, pace).send, [{ message: null, rows: [waiting[1]] }])
  })
})

describe('A clock that is set back', () => {
  it('does not hold back rows that were created or attempted at a time that is now in the future', () => {
    assert.deepEqual(sizes([row({ created: start + hour })], start), [1])
    assert.deepEqual(sizes([row({ message: 'one', next: start + 10_000 * hour })], start), [1])
    const last = new Map([['warning ann@example.org', start + hour]])
    assert.deepEqual(sizes([row()], start + 2 * second, last), [1])
  })
})

describe('An alert that resolves before its message is sent', () => {
  const pair = (fired: number, resolved: number, given: Partial<Waiting> = {}) => {
    const first = row({ created: start + fired, ...given })
    return [first, row({ ...given, alert: first.alert, transition: 'resolved', created: start + resolved })]
  }

  it('is not sent if its group was still waiting, at any severity', () => {
    for (const severity of ['info', 'warning', 'critical'] as const) {
      const waiting = [...pair(0, 1.5 * second, { severity }), row({ severity })]
      const { send, drop } = plan(waiting, new Map(), start + 2 * second, pace)
      assert.deepEqual([send.map(({ rows }) => rows), drop], [[waiting.slice(2)], waiting.slice(0, 2)])
    }
    const last = new Map([['warning ann@example.org', start - 10 * second]])
    const waiting = pair(0, 30 * second)
    assert.deepEqual(plan(waiting, last, start + 30 * second, pace), { send: [], drop: waiting, hold: [], next: undefined })
  })

  it('is sent with its resolution if something else delayed the message, such as a mail server that was down', () => {
    const waiting = pair(0, 600 * second)
    const { send, drop } = plan(waiting, new Map(), start + 900 * second, pace)
    assert.deepEqual([send.map(({ rows }) => rows.length), drop], [[2], []])
  })

  it('is sent as resolved if its first message has been attempted', () => {
    const [first, end] = pair(0, second, { severity: 'critical' }) as [Waiting, Waiting]
    const tried = { ...first, message: 'one', attempts: 1, tried: start, next: start + 30 * second }
    const { send, drop } = plan([tried, end], new Map(), start + 3 * second, pace)
    assert.deepEqual([send.map(({ rows }) => rows), drop], [[[end]], []])
  })
})

describe('Quiet hours', () => {
  const dawn = start + 3600 * second

  it('hold back all messages that are not critical, including retries and summaries, until they end', () => {
    const tried = row({ message: 'one', attempts: 1, tried: start, next: start + second })
    const waiting = [row(), row({ severity: 'critical' }), row({ severity: 'info', kind: 'summary' }), tried]
    const { send, hold, next } = plan(waiting, new Map(), start + 2 * second, pace, dawn)
    assert.deepEqual(
      send.map(({ rows }) => rows[0].severity),
      ['critical'],
    )
    assert.deepEqual(new Set(hold), new Set([waiting[0], waiting[2], tried]))
    assert.equal(next, dawn)
    const held = waiting.map((each) => ({ ...each, held: dawn }))
    assert.deepEqual(plan(held.slice(2), new Map(), start + 9 * second, pace, dawn).hold, [], 'marked once')
  })

  it('end with one message to each recipient, with all severities and with resolved alerts', () => {
    const held = { held: dawn, created: start }
    const first = row(held)
    const waiting = [
      first,
      row({ ...held, severity: 'info' }),
      row({ ...held, recipient: 'ben@example.org' }),
      row({ ...held, alert: first.alert, transition: 'resolved', created: start + second }),
    ]
    const { send, drop } = plan(waiting, new Map(), dawn, pace)
    assert.deepEqual(
      send.map(({ rows }) => rows.map(({ id }) => id)),
      [[0, 1, 3].map((i) => waiting[i]?.id), [waiting[2]?.id]],
    )
    assert.deepEqual(drop, [])
  })
})
