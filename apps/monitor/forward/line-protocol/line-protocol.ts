import type { FeedEntry } from '../../store/feed/entry.ts'
import type { SiteState, Target, TargetKind, TargetOptions } from '../target.ts'
import { linesOf } from './lines.ts'

/** ms */
const timeout = 30_000
/** Lines of one request, as the documents of InfluxDB advise. */
const together = 5000

/**
 * Any database that takes the line protocol over HTTP: InfluxDB 1 and 2, VictoriaMetrics, QuestDB. A line that comes a second
 * time replaces itself, so what is sent again after a crash doubles nothing. Only readings and alerts are sent; a deletion is not.
 */
export const lineProtocol: TargetKind = {
  schemes: ['line+http', 'line+https'],
  create: async (options) => createLineProtocol(options),
}

function createLineProtocol({ url, site }: TargetOptions): Target {
  const address = new URL(url.href.replace(/^line\+/, ''))
  const [user, password] = [address.username, address.password].map(decodeURIComponent)
  address.username = ''
  address.password = ''
  if (!address.searchParams.has('precision')) address.searchParams.set('precision', 'ms')
  const authorization =
    user === '' ? undefined : user === 'token' ? `Token ${password}` : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...(authorization === undefined ? {} : { authorization }) }

  async function write(lines: readonly string[]): Promise<void> {
    const answer = await fetch(address, {
      method: 'POST',
      headers,
      body: lines.join('\n'),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    const text = (await answer.text()).slice(0, 300)
    if (!answer.ok) throw new Error(`${answer.status} ${text}`.trim())
  }

  async function send(entries: readonly Partial<FeedEntry>[]): Promise<void> {
    const lines = entries.flatMap((entry) => linesOf(site, entry))
    for (let i = 0; i < lines.length; i += together) await write(lines.slice(i, i + together))
  }

  return {
    open: async (): Promise<SiteState> => ({ seq: null, isKnown: true }),
    send: (rows) => send(rows.map(({ entry }) => entry)),
    sendPast: (entry) => send([entry]),
    setComplete: async () => {},
    close: async () => {},
  }
}
