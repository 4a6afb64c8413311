import { ErrorAnswer } from '@hearthwatch/api/errors'
import * as shape from '@hearthwatch/api/rules'
import { day } from '@hearthwatch/protocol/durations'
import type { FastifyReply } from 'fastify'
import { backTest } from '../../alerts/backtest.ts'
import { readRule } from '../../rules/check-rule.ts'
import { RuleError } from '../../rules/rule-error.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError, HttpError } from '../http/errors.ts'

/** Readings without a time get free milliseconds, so the last of a burst are slightly in the future. ms */
const burst = 1000
/** Most back-tests at once: each needs some seconds of CPU time, in small pieces. */
const most = 2

/** Adds the back-test of a rule. */
export function addRuleTrial(app: App, { store: { readings }, now }: { store: Store; now(): number }): void {
  let running = 0

  app.post(
    '/api/rules/test',
    {
      config: { reads: true },
      schema: {
        summary: 'The alerts that a rule would have raised on the stored readings, default: of the last 24 h; at most 1000 are listed',
        body: shape.BackTestBody,
        response: { 200: shape.BackTest, 400: ErrorAnswer, 429: ErrorAnswer },
      },
    },
    async ({ body }, reply) => {
      // The future has no readings, and no silence either.
      const to = Math.min(body.to ?? now() + burst, now() + burst)
      const from = body.from ?? Math.max(0, to - day)
      if (from >= to) throw new FieldError('from must be before to', [{ field: 'from', problem: 'wrong-order' }])
      if (running >= most) throw new HttpError(429, 'Other rules are being tested. Wait a moment.', { 'retry-after': '2' })
      running += 1
      try {
        // A rule can be tested before it has a name.
        const rule = readRule(typeof body.rule === 'object' && body.rule !== null ? { name: 'nameless', ...body.rule } : body.rule)
        return await backTest({ rule, readings, from, to, signal: untilGone(reply) })
      } catch (error) {
        if ((error as Error).name === 'AbortError') return reply.hijack()
        throw error instanceof RuleError ? new FieldError(error.message, error.fields) : error
      } finally {
        running -= 1
      }
    },
  )
}

/** Aborts when the client disconnects. */
function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
