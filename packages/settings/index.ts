import type { Static, TObject, TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import type { Variables } from './env-file.ts'
import { expectation } from './expectation.ts'
import { firstFile, readPlain, readSecret } from './sources.ts'

export { describeSettings } from './describe.ts'
export { parseEnvFile } from './env-file.ts'
export { commandLanguage, type Language, languageOf } from './language.ts'
export { isTimeZone } from './time-zone.ts'

/** Properties of a setting's schema that `readSettings` uses in addition to those of JSON Schema. */
export interface SettingNotes {
  /** A secret is never printed, and may be read from the file that `NAME_FILE` names. */
  secret?: boolean
  /** A phrase that fits after "must be". */
  description?: string
  /** Value if the setting is not set. */
  default?: unknown
}

/** All problems of the settings, in one message for the person who wrote them. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`Invalid settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
    this.problems = problems
  }
}

// Number() alone would also accept 0x10, Infinity and an empty text.
const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/**
 * Reads and checks settings. A variable of the environment takes precedence over the same one in a file. Only the first
 * file that exists is read. An empty value counts as not set. `NAME_FILE` names a file that contains the secret `NAME`; its
 * last line end is removed. If one source has both, `NAME` takes precedence.
 * @param together returns the conflicts between valid settings, as sentences; invalid settings are left out of `values`
 * @param onNote called with each line of the file that Docker Compose reads in another way, without its value
 * @throws SettingsError that names all missing and invalid settings, without secrets
 */
export function readSettings<S extends TObject>(
  schema: S,
  env: Variables,
  files: readonly string[],
  together: (values: Partial<Static<S>>) => string[] = () => [],
  onNote: (note: string) => void = () => {},
): Static<S> {
  // Node takes an empty TZ for an unknown time zone; without it, the machine's own counts.
  if (env.TZ === '') delete env.TZ
  const problems: string[] = []
  const unreadable = new Set<string>()
  const file = attempt(() => firstFile(files), problems)
  problems.push(...(file?.problems ?? []))
  for (const note of file?.notes ?? []) onNote(note)
  const sources = [env, file?.variables ?? {}]
  const settings = Object.entries(schema.properties)
  const texts = new Map<string, string>()
  for (const [name, setting] of settings) {
    const read = isSecret(setting) ? readSecret : readPlain
    const before = problems.length
    const text = attempt(() => read(name, sources), problems)
    if (text !== undefined) texts.set(name, text)
    if (problems.length > before) unreadable.add(name)
  }
  const complete: Record<string, unknown> = {}
  for (const [name, setting] of settings) {
    const text = texts.get(name)
    const value = text === undefined ? (setting as SettingNotes).default : fromText(setting, text)
    if (value !== undefined) complete[name] = value
  }
  for (const [name, setting] of settings) {
    const value = complete[name]
    if (value === undefined) {
      if (schema.required?.includes(name) && !unreadable.has(name)) problems.push(`${name} is missing${inBrackets(setting)}`)
    } else if (!Check(setting, value)) {
      problems.push(`${name} ${expectation(setting)}${isSecret(setting) ? '' : shown(texts.get(name))}`)
      delete complete[name]
    }
  }
  problems.push(...together(complete as Partial<Static<S>>))
  if (problems.length > 0) throw new SettingsError(problems)
  return complete as Static<S>
}

function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read()
  } catch (error) {
    problems.push((error as Error).message)
    return undefined
  }
}

function fromText(setting: TSchema, text: string): unknown {
  const { type } = setting as { type?: string }
  return (type === 'number' || type === 'integer') && decimal.test(text) ? Number(text) : text
}

function isSecret(setting: TSchema): boolean {
  return (setting as SettingNotes).secret === true
}

function inBrackets(setting: TSchema): string {
  const { description } = setting as SettingNotes
  return description ? ` (${description})` : ''
}

// Any address may contain a password, even if its setting is not marked as a secret.
function shown(text: string | undefined): string {
  return ` (it is ${JSON.stringify(text?.replace(/\/\/\S*@/g, '//…@'))})`
}

export { completeEnv, readEnv, type Setting, setEnv } from './edit-env.ts'
