import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Severity } from '@hearthwatch/api/severity'
import { second } from '@hearthwatch/protocol/durations'
import fc from 'fast-check'
import { groupOf, plan, severityOf } from '../../notify/group.ts'
import type { Waiting } from '../../store/notifications.ts'

const pace = { wait: 2 * second, interval: 60 * second }
const start = Date.UTC(2026, 10, 23)
const end = start + 3600 * second

/** An alert: its start and duration (s), and the number of repeats. */
interface Given {
  at: number
  lasts: number | null
  repeats: number
  severity: Severity
  recipient: string
}

const alerts: fc.Arbitrary<Given[]> = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 600 }),
    lasts: fc.option(fc.integer({ min: 0, max: 400 })),
    repeats: fc.integer({ min: 0, max: 2 }),
    severity: fc.constantFrom<Severity>('info', 'warning', 'critical'),
    recipient: fc.constantFrom('ann', 'ben'),
  }),
  { maxLength: 40 },
)
/** Quiet hours and an outage of the mail server. s */
const span = fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 300 }))

interface Message {
  at: number
  rows: readonly Waiting[]
}

/** All rows of these alerts, oldest first. */
function rowsOf(given: Given[]): Waiting[] {
  const blank = { kind: 'alert', unproven: null, message: null, tried: null, attempts: 0, held: null } as const
  const rows = given.flatMap(({ at, lasts, repeats, severity, recipient }, alert) => {
    const row = (transition: 'firing' | 'repeat' | 'resolved', after: number) => {
      const created = start + (at + after) * second
      return { ...blank, id: 0, alert, transition, severity, recipient, created, next: created }
    }
    const again = Array.from({ length: repeats }, (_, i) => (lasts ?? 400) * ((i + 1) / (repeats + 1)))
    return [row('firing', 0), ...again.map((after) => row('repeat', after)), ...(lasts === null ? [] : [row('resolved', lasts)])]
  })
  return rows.sort((a, b) => a.created - b.created).map((row, id) => ({ ...row, id }))
}

/** Plans and sends messages over time, as a channel worker does. */
function simulate(rows: Waiting[], quiet: [number, number], outage: [number, number]) {
  const [isQuiet, isOut] = [quiet, outage].map(
    ([from, length]) =>
      (at: number) =>
        at >= start + from * second && at < start + (from + length) * second,
  )
  const dawn = start + (quiet[0] + quiet[1]) * second
  const lastTries = new Map<string, number>()
  const messages: Message[] = []
  const dropped: Waiting[] = []
  const gone = new Set<number>()
  const changes = rows.map(({ created }) => created)
  for (let at = start; at < end; ) {
    if (!isOut?.(at)) {
      const waiting = rows.filter(({ id, created }) => created <= at && !gone.has(id))
      const { send, drop, hold, next } = plan(waiting, lastTries, at, pace, isQuiet?.(at) ? dawn : null)
      for (const row of hold) row.held = dawn
      for (const row of drop) gone.add(row.id)
      dropped.push(...drop)
      // One at a time: a sent message counts for the next plan.
      const [batch] = send
      if (batch) {
        messages.push({ at, rows: batch.rows.map((row) => ({ ...row })) })
        for (const row of batch.rows) {
          gone.add(row.id)
          lastTries.set(groupOf(row), at)
        }
        continue
      }
      if (next !== undefined) changes.push(next)
    } else changes.push(start + (outage[0] + outage[1]) * second)
    at = Math.min(...changes.filter((time) => time > at), end)
  }
  return { messages, dropped, left: rows.filter(({ id }) => !gone.has(id)), isQuiet: (at: number) => isQuiet?.(at) === true }
}

describe('Random alerts with quiet hours and an outage of the mail server', () => {
  const run = (check: (result: ReturnType<typeof simulate>, rows: Waiting[]) => void) =>
    fc.assert(
      fc.property(alerts, span, span, (given, quiet, outage) => {
        const rows = rowsOf(given)
        check(simulate(rows, quiet, outage), rows)
      }),
      { numRuns: 500 },
    )

  it('each transition is sent exactly once, or belongs to an alert of which nothing was sent', () => {
    run(({ messages, dropped, left }, rows) => {
      assert.deepEqual(left, [])
      const sent = messages.flatMap(({ rows }) => rows)
      assert.equal(new Set([...sent, ...dropped].map(({ id }) => id)).size, rows.length)
      assert.equal(sent.length + dropped.length, rows.length)
      const announced = new Set(sent.map(({ alert }) => alert))
      for (const { alert } of dropped) assert.ok(!announced.has(alert))
    })
  })

  it('a group gets at most one new message per interval, apart from a few critical alerts', () => {
    run(({ messages }) => {
      const last = new Map<string, number>()
      for (const { at, rows } of messages) {
        const [first] = rows as [Waiting]
        const isFew = severityOf([first]) === 'critical' && rows.length <= 5
        if (first.held === null && !isFew) assert.ok(at - (last.get(groupOf(first)) ?? 0) >= pace.interval)
        for (const row of rows) last.set(groupOf(row), at)
      }
    })
  })

  it('during quiet hours only critical messages are sent; they end with one message to each recipient', () => {
    run(({ messages, isQuiet }) => {
      for (const { at, rows } of messages) if (isQuiet(at)) assert.ok(rows.every(({ severity }) => severity === 'critical'))
      const digests = messages.filter(({ rows }) => rows.some(({ held }) => held !== null))
      assert.equal(new Set(digests.map(({ rows }) => rows[0]?.recipient)).size, digests.length)
    })
  })
})
