import type { TObject } from 'typebox'
import { choicesOf } from './expectation.ts'

/** The settings for `--help`: one line each, with name, meaning, choices and default. */
export function describeSettings(schema: TObject): string {
  const width = Math.max(...Object.keys(schema.properties).map((name) => name.length))
  return Object.entries(schema.properties)
    .map(([name, setting]) => {
      const { description, default: fallback } = setting as { description?: string; default?: unknown }
      const choices = choicesOf(setting)
      const remark = fallback !== undefined ? `[${fallback}]` : schema.required?.includes(name) ? '(required)' : ''
      return [`  ${name.padEnd(width)} `, description, choices && `(${choices.join(', ')})`, remark].filter(Boolean).join(' ')
    })
    .join('\n')
}
