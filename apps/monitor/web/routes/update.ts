import { ErrorAnswer } from '@hearthwatch/api/errors'
import { Update } from '@hearthwatch/api/house'
import { second } from '@hearthwatch/protocol/durations'
import type { App, WebConfig } from '../app.ts'
import { HttpError } from '../http/errors.ts'

export interface UpdateOptions {
  config: Pick<WebConfig, 'UPDATE_CHECK_URL'>
  version: string
}

/** ms until the answer must have arrived */
const patience = 10 * second
/** Bytes of the answer that are read; a release of GitHub has some 20 KB. */
const longest = 256 * 1024

/** Asks the address of the settings for the newest version, only when a person wants to know. Without the setting nothing is asked. */
export function addUpdate(app: App, { config: { UPDATE_CHECK_URL: address }, version }: UpdateOptions): void {
  app.post(
    '/api/update-check',
    {
      schema: {
        summary: 'Asks the address in UPDATE_CHECK_URL for the newest version',
        response: { 200: Update, 404: ErrorAnswer, 502: ErrorAnswer },
      },
    },
    async () => {
      if (address === undefined) throw new HttpError(404, 'UPDATE_CHECK_URL is not set: no address is asked for newer versions.')
      const newest = await newestAt(address).catch(() => null)
      if (newest === null)
        throw new HttpError(
          502,
          'The address in UPDATE_CHECK_URL does not answer with a version: {"version":"1.2.3"} or {"tag_name":"v1.2.3"}.',
        )
      return { version, newest, newer: isNewer(newest, version) }
    },
  )
}

/** The version in the answer, as GitHub and Gitea describe a release, or as a plain field. */
async function newestAt(address: string): Promise<string | null> {
  const headers = { accept: 'application/json', 'user-agent': 'Hearthwatch' }
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(patience) })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > longest) return null
  }
  const { version, tag_name: tag } = JSON.parse(text) as { version?: unknown; tag_name?: unknown }
  const found = response.ok && /^v?(\d{1,6}(?:\.\d{1,6}){1,3})$/.exec(String(version ?? tag))
  return found ? (found[1] ?? null) : null
}

/** @param a of digits and dots, such as 1.10.0 */
function isNewer(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 4; i += 1) {
    const difference = (first?.[i] ?? 0) - (second?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
