import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'

export interface StreamEvent {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it listens to
  data: any
}

/** Somebody who listens to a stream of server-sent events, and remembers them. */
export async function follow(url: string, path: string, headers: OutgoingHttpHeaders = {}) {
  const request = get(`${url}${path}`, { headers, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  const events: StreamEvent[] = []
  let rest = ''
  let isOver = false
  let wake = () => {}
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, type = '', data = ''] = /^event: ([^\n]*)\ndata: ([^\n]*)$/.exec(block) ?? []
      if (type !== '') events.push({ type, data: JSON.parse(data) })
    }
    wake()
  })
  const over = new Promise<void>((resolve) => {
    response.on('error', () => {})
    response.on('close', () => {
      isOver = true
      wake()
      resolve()
    })
  })
  return {
    response,
    events,
    /** When the stream is over. */
    over,
    /** The first event for which this holds. */
    async until(holds: (event: StreamEvent) => unknown): Promise<StreamEvent> {
      for (;;) {
        const found = events.find(holds)
        if (found !== undefined) return found
        assert.ok(!isOver, 'the stream has ended')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close: () => void request.destroy(),
  }
}
