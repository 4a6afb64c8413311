import { Readable } from 'node:stream'
import { setImmediate as othersRun } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'

/** Items of a list that are written in one turn of the event loop: some 2 ms. */
const slice = 250

/** Lists up to this length are answered at once. */
const short = 4 * slice

/** Calls `work` with one slice of a long list after the other. Between two slices the event loop is free. */
export async function* inSlices<T, R>(list: readonly T[], work: (slice: readonly T[]) => R): AsyncGenerator<R> {
  for (let start = 0; start < list.length; start += slice) {
    if (start > 0) await othersRun()
    yield work(list.slice(start, start + slice))
  }
}

/** The answer about a list. That about a long one is written while it is sent, so it has no entity tag. */
export function answerList<T, A>(reply: Pick<FastifyReply, 'type'>, list: readonly T[], answer: (slice: readonly T[]) => A[]): A[] {
  if (list.length <= short) return answer(list)
  reply.type('application/json; charset=utf-8')
  // A handler may return a stream in the place of what it writes.
  return Readable.from(jsonOf(list, answer), { objectMode: false }) as unknown as A[]
}

async function* jsonOf<T>(list: readonly T[], answer: (slice: readonly T[]) => readonly unknown[]): AsyncGenerator<string> {
  let isFirst = true
  yield '['
  for await (const items of inSlices(list, answer)) {
    if (items.length === 0) continue
    yield `${isFirst ? '' : ','}${JSON.stringify(items).slice(1, -1)}`
    isFirst = false
  }
  yield ']'
}
