/** The part of an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0) that the page reads. */
export interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
}

export interface Parameter {
  name: string
  in: 'path' | 'query'
  required?: boolean
  description?: string
  schema: Schema
}

interface Content {
  description?: string
  content?: Record<string, { schema?: Schema }>
}

interface Operation {
  summary?: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
  security?: unknown[]
}

export interface ApiDocument {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
}

/** One API call. */
export interface Call {
  method: string
  path: string
  summary: string
  parameters: readonly Parameter[]
  body: Schema | null
  /** By status: schema and content type of the answer. */
  answers: readonly { status: string; type: string; schema: Schema | null }[]
  /** True if the call needs a login. */
  isClosed: boolean
}

const order = ['get', 'post', 'put', 'delete']

/** All calls, grouped by the first word of their paths. */
export function callsOf({ paths }: ApiDocument): [group: string, calls: Call[]][] {
  const groups = new Map<string, Call[]>()
  for (const [path, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      const group = path.replace(/^\/(api\/)?/, '').split(/[/.]/)[0] ?? ''
      groups.set(group, [...(groups.get(group) ?? []), callOf(path, method, operation)])
    }
  const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b))
  return sorted.map(([group, calls]) => [
    group,
    calls.sort((a, b) => a.path.localeCompare(b.path) || order.indexOf(a.method) - order.indexOf(b.method)),
  ])
}

function callOf(path: string, method: string, { summary = '', parameters = [], requestBody, responses, security }: Operation): Call {
  const answers = Object.entries(responses).map(([status, { content = {} }]) => {
    const [type = '', { schema = null } = {}] = Object.entries(content)[0] ?? []
    return { status, type, schema }
  })
  const [body] = Object.values(requestBody?.content ?? {})
  return { method, path, summary, parameters, body: body?.schema ?? null, answers, isClosed: security === undefined || security.length > 0 }
}
