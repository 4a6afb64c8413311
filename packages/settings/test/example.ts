import Type, { type Static } from 'typebox'
import { readSettings, SettingsError } from '../index.ts'

/** Settings of every kind. */
export const schema = Type.Object({
  ROOM: Type.String({ pattern: '^[^/+#]+$', description: 'the name of a room' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080, description: 'port of the page' }),
  INTERVAL: Type.Number({ exclusiveMinimum: 0, default: 10, description: 's between two readings' }),
  LIMIT: Type.Optional(Type.Number()),
  LANGUAGE: Type.Enum(['en', 'zh-TW'], { default: 'en' }),
  LEVEL: Type.Union([Type.Literal('info'), Type.Literal('debug')], { default: 'info' }),
  URL: Type.Optional(Type.String({ pattern: '^mqtts?://.+', description: 'mqtt:// or mqtts:// and the broker' })),
  PASSWORD: Type.Optional(Type.String({ secret: true, description: 'password at the broker' })),
  TOKEN: Type.Optional(Type.String({ secret: true, minLength: 8, description: 'a token of 8 characters' })),
})

/** Values of the settings that have a default. */
export const defaults = { PORT: 8080, INTERVAL: 10, LANGUAGE: 'en', LEVEL: 'info' }

/** The problems that `readSettings` reports; empty if it accepts the settings. */
export function problems(
  env: Record<string, string>,
  files: string[] = [],
  together?: (values: Partial<Static<typeof schema>>) => string[],
): readonly string[] {
  try {
    readSettings(schema, env, files, together)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}
