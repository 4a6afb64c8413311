const fields = new Set([
  'name',
  'enabled',
  'quantity',
  'rooms',
  'condition',
  'limit',
  'window',
  'recover',
  'for',
  'keepFiringFor',
  'severity',
  'noData',
  'repeat',
  'channels',
  'message',
])

/**
 * Takes the monitor's answer apart: it names every field that is wrong, one after the other.
 * @returns what is wrong by field, and whatever belongs to none
 */
export function problemsOf(answer: string): { fields: ReadonlyMap<string, string>; rest: string } {
  const found = new Map<string, string>()
  const rest: string[] = []
  for (const part of answer.split('; ').filter(Boolean)) {
    const field = /^[a-zA-Z]+/.exec(part)?.[0] ?? ''
    if (fields.has(field)) found.set(field, [found.get(field), part].filter(Boolean).join('; '))
    else rest.push(part)
  }
  return { fields: found, rest: rest.join('; ') }
}
