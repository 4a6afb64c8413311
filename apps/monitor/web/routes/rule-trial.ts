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

/** Readings without a time of their own are stamped 1 ms after one another: the last of a burst lie a little ahead. ms */
const burst = 1000
/** So many at a time: each takes some seconds of work, in small pieces. */
const most = 2

/** What a rule would have done. */
export function addRuleTrial(app: App, { store: { readings }, now }: { store: Store; now(): number }): void {
  let running = 0

  app.post(
    '/api/rules/test',
    {
      schema: {
        summary: 'Which alerts a rule would have raised on the stored readings, default of the last 24 h; at most 1000 are listed',
        body: shape.BackTestBody,
        response: { 200: shape.BackTest, 400: ErrorAnswer, 429: ErrorAnswer },
      },
    },
    async ({ body }, reply) => {
      // Nothing is known of the future, silence neither.
      const to = Math.min(body.to ?? now() + burst, now() + burst)
      const from = body.from ?? Math.max(0, to - day)
      if (from >= to) throw new FieldError('from must be before to', [{ field: 'from', problem: 'wrong-order' }])
      if (running >= most) throw new HttpError(429, 'Other rules are being tried out just now. Wait a moment.', { 'retry-after': '2' })
      running += 1
      try {
        // Nobody has to think of a name before he knows whether the rule is any good.
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

/** Aborted when whoever asked has gone away. */
function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
