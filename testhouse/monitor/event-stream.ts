import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'

export interface StreamEvent {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: each test knows its events
  data: any
}

/** Opens a stream of server-sent events and records what it receives. */
export async function follow(url: string, path: string, headers: OutgoingHttpHeaders = {}) {
  const request = get(`${url}${path}`, { headers, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  const events: StreamEvent[] = []
  let text = ''
  let rest = ''
  let isOver = false
  let wake = () => {}
  response.on('data', (chunk: string) => {
    text += chunk
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
  async function when<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      assert.ok(!isOver, 'the stream has ended')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    response,
    events,
    /** Resolves at the end of the stream. */
    over,
    /** The first event for which this holds, once there is one. */
    until: (holds: (event: StreamEvent) => unknown) => when(() => events.find(holds)),
    /** All received text, once it includes this. */
    untilText: (part: string) => when(() => (text.includes(part) ? text : undefined)),
    close: () => void request.destroy(),
  }
}
