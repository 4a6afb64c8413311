import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type { Static, TObject, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Where a setting's schema says more than JSON Schema can. */
export interface SettingNotes {
  /** Never printed, and may stand in the file that `NAME_FILE` names. */
  secret?: boolean
  description?: string
}

type Variables = Record<string, string | undefined>

/** All that is wrong with the settings, in one message for the person who wrote them. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
    this.problems = problems
  }
}

/**
 * Reads and checks settings. A variable of the environment wins over the same one in a file; an earlier file wins
 * over a later one as a whole (the first that exists is read); an empty value counts as not set. `NAME_FILE` gives
 * a secret by the path of a file, whose last line end is dropped.
 * @param together what is wrong between settings that are each right, as sentences; it sees only those that are right
 * @throws SettingsError naming every missing or wrong setting at once; secrets are not shown.
 */
export function readSettings<S extends TObject>(
  schema: S,
  env: Variables,
  files: readonly string[],
  together: (values: Partial<Static<S>>) => string[] = () => [],
): Static<S> {
  const problems: string[] = []
  const given = { ...firstFile(files), ...withoutEmpty(env) }
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(schema.properties)) {
    const text = isSecret(setting) ? readSecret(name, given, problems) : given[name]
    if (text !== undefined) values[name] = fromText(setting, text)
  }
  const complete = Value.Default(schema, values) as Record<string, unknown>
  for (const [name, setting] of Object.entries(schema.properties)) {
    const value = complete[name]
    if (value === undefined) {
      if (schema.required?.includes(name)) problems.push(`${name} is missing${why(setting)}`)
    } else if (!Value.Check(setting, value)) {
      const shown = isSecret(setting) ? '' : ` (it is ${JSON.stringify(given[name])})`
      problems.push(`${name} ${expectation(setting)}${shown}`)
      delete complete[name]
    }
  }
  problems.push(...together(complete as Partial<Static<S>>))
  if (problems.length > 0) throw new SettingsError(problems)
  return complete as Static<S>
}

function firstFile(files: readonly string[]): Variables {
  for (const file of files) {
    try {
      return withoutEmpty(parseEnv(readFileSync(file, 'utf8')))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new SettingsError([`${file} cannot be read: ${(error as Error).message}`])
    }
  }
  return {}
}

function withoutEmpty(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''))
}

function readSecret(name: string, given: Variables, problems: string[]): string | undefined {
  const file = given[`${name}_FILE`]
  if (given[name] !== undefined || file === undefined) return given[name]
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined
  } catch (error) {
    problems.push(`${name}_FILE cannot be read: ${(error as Error).message}`)
    return undefined
  }
}

function fromText(setting: TSchema, text: string): unknown {
  const { type } = setting as { type?: string }
  if (type === 'number' || type === 'integer') return text.trim() === '' ? text : Number(text)
  return text
}

function isSecret(setting: TSchema): boolean {
  return (setting as SettingNotes).secret === true
}

function why(setting: TSchema): string {
  const { description } = setting as SettingNotes
  return description ? ` (${description})` : ''
}

function expectation(setting: TSchema): string {
  const choices = (setting as { enum?: unknown[] }).enum
  if (choices) return `must be one of ${choices.join(', ')}`
  const { type, minimum, maximum, description } = setting as { type?: string; minimum?: number; maximum?: number; description?: string }
  if (type === 'number' || type === 'integer') {
    const range =
      minimum !== undefined && maximum !== undefined
        ? ` from ${minimum} to ${maximum}`
        : minimum !== undefined
          ? ` of at least ${minimum}`
          : ''
    return `must be a ${type === 'integer' ? 'whole ' : ''}number${range}`
  }
  return `is not ${description ?? 'right'}`
}
