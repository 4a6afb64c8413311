/** A policy document, as `setup cluster aws` writes it. */
export interface PolicyDocument {
  Version: string
  Statement: readonly {
    Effect: string
    Action: string | readonly string[]
    Resource: string | readonly string[]
    Condition?: Record<string, Record<string, readonly string[]>>
  }[]
}

export interface PolicyRequest {
  action: 'iot:Connect' | 'iot:Publish' | 'iot:RetainPublish' | 'iot:Subscribe' | 'iot:Receive'
  /** Behind the account in the ARN: `topic/home/kitchen/temperature`, `topicfilter/home/#`, `client/pi-1`. */
  resource: string
  /** Name of the thing whose certificate was presented; undefined: none is attached. */
  thing: string | undefined
  /** `PersistentConnect`, `LastWill` */
  attributes?: readonly string[]
}

const list = (one: string | readonly string[]): readonly string[] => (typeof one === 'string' ? [one] : one)

/**
 * Evaluates policies as AWS IoT Core documents it: nothing is allowed by default, and a Deny wins. `*` and `?` are wildcards, and `+` and
 * `#` are not. A variable without a value matches nothing.
 * @throws Error for an element that it does not know
 */
export function isAllowed(documents: readonly PolicyDocument[], request: PolicyRequest): boolean {
  const effects = new Set<string>()
  for (const { Version, Statement } of documents) {
    if (Version !== '2012-10-17') throw new Error(`version ${Version}`)
    for (const statement of Statement) {
      for (const key of Object.keys(statement))
        if (!['Effect', 'Action', 'Resource', 'Condition'].includes(key)) throw new Error(`element ${key}`)
      if (!list(statement.Action).includes(request.action)) continue
      if (!list(statement.Resource).some((pattern) => matchesArn(pattern, request))) continue
      if (statement.Condition !== undefined && !fulfils(statement.Condition, request)) continue
      // A connection with a will or a session needs a condition that names it.
      if (statement.Condition === undefined && (request.attributes ?? []).length > 0 && statement.Effect === 'Allow') continue
      effects.add(statement.Effect)
    }
  }
  return effects.has('Allow') && !effects.has('Deny')
}

function matchesArn(pattern: string, { resource, thing }: PolicyRequest): boolean {
  const [arn, , service, , , ...rest] = pattern.split(':')
  if (arn !== 'arn' || service !== 'iot') throw new Error(`resource ${pattern}`)
  let isKnown = true
  const expression = rest.join(':').replace(/\$\{([^}]*)\}|[*?]|[^*?$]+|\$/g, (part, variable?: string) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (variable === undefined) return literal(part)
    if (variable !== 'iot:Connection.Thing.ThingName') throw new Error(`variable ${variable}`)
    if (thing === undefined) isKnown = false
    return literal(thing ?? '')
  })
  return isKnown && new RegExp(`^${expression}$`, 's').test(resource)
}

function fulfils(condition: Record<string, Record<string, readonly string[]>>, { attributes = [] }: PolicyRequest): boolean {
  for (const [operator, keys] of Object.entries(condition))
    for (const [key, values] of Object.entries(keys)) {
      if (operator !== 'ForAllValues:StringEquals' || key !== 'iot:ConnectAttributes') throw new Error(`condition ${operator} ${key}`)
      if (!attributes.every((attribute) => values.includes(attribute))) return false
    }
  return true
}

const literal = (text: string) => text.replace(/[\\^$|?*+.()[\]{}]/g, '\\$&')
