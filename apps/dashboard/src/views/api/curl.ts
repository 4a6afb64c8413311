import type { Call } from './document.ts'
import { exampleOf } from './shape.ts'

/** In single quotes nothing means anything to a shell but these themselves. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * The call as somebody would type it.
 * @param base where the page is: `http://127.0.0.1:8080/`
 * @param withToken whether programs have to show one
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
