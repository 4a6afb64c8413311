import type { TObject } from 'typebox'

/**
 * The settings as people read them in `--help`: name, meaning, choices and default, a line each.
 */
export function describeSettings(schema: TObject): string {
  const width = Math.max(...Object.keys(schema.properties).map((name) => name.length))
  return Object.entries(schema.properties)
    .map(([name, setting]) => {
      const {
        description = '',
        default: fallback,
        enum: choices,
      } = setting as { description?: string; default?: unknown; enum?: unknown[] }
      const required = schema.required?.includes(name) && fallback === undefined ? ' (required)' : ''
      const among = choices ? ` (${choices.join(', ')})` : ''
      return `  ${name.padEnd(width)}  ${description}${among}${fallback === undefined ? required : ` [${fallback}]`}`
    })
    .join('\n')
}
