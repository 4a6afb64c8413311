import type { Call } from './document.ts'
import { exampleOf } from './shape.ts'

/** Quotes a text for a shell: inside single quotes only the single quote is special. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * The call as a curl command.
 * @param base address of the page: `http://127.0.0.1:8080/`
 * @param withToken true if programs need the API token
 */
export function curlOf({ method, path, parameters, body, answers, isClosed }: Call, base: string, withToken: boolean): string {
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const search = query.length === 0 ? '' : `?${query.map(({ name }) => `${name}=…`).join('&')}`
  const address = new URL(path.slice(1), base).href.replaceAll('%7B', '{').replaceAll('%7D', '}') + search
  const parts = ['curl']
  if (answers.some(({ type }) => type === 'text/event-stream') || path === '/api/events' || path === '/api/wire') parts.push('-N')
  if (method !== 'get') parts.push(`-X ${method.toUpperCase()}`)
  if (withToken && isClosed) parts.push('-H "Authorization: Bearer $API_TOKEN"')
  if (body) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(exampleOf(body)))}`)
  return [...parts, quoted(address)].join(' ')
}
