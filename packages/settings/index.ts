import type { Static, TObject, TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { expectation } from './expectation.ts'
import { firstFile, readPlain, readSecret, type Variables } from './sources.ts'

export { describeSettings } from './describe.ts'

/** Where a setting's schema says more than JSON Schema can. */
export interface SettingNotes {
  /** Never printed, and may stand in the file that `NAME_FILE` names. */
  secret?: boolean
  /** What it is, fit to stand behind "must be". */
  description?: string
  /** Where it is not set. */
  default?: unknown
}

/** All that is wrong with the settings, in one message for the person who wrote them. */
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
    this.problems = problems
  }
}

// Number() alone would also take 0x10, Infinity and nothing at all.
const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/**
 * Reads and checks settings. A variable of the environment wins over the same one in a file; an earlier file wins
 * over a later one as a whole (the first that exists is read); an empty value counts as not set. `NAME_FILE` gives
 * a secret by the path of a file, whose last line end is dropped; where one place has both, `NAME` wins.
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
  const wrong = new Set<string>()
  const sources = [env, attempt(() => firstFile(files), problems) ?? {}]
  const settings = Object.entries(schema.properties)
  const texts = new Map<string, string>()
  for (const [name, setting] of settings) {
    const read = isSecret(setting) ? readSecret : readPlain
    const before = problems.length
    const text = attempt(() => read(name, sources), problems)
    if (text !== undefined) texts.set(name, text)
    if (problems.length > before) wrong.add(name)
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
      if (schema.required?.includes(name) && !wrong.has(name)) problems.push(`${name} is missing${what(setting)}`)
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

function what(setting: TSchema): string {
  const { description } = setting as SettingNotes
  return description ? ` (${description})` : ''
}

// A password may stand in any address, whether or not its setting is marked as a secret.
function shown(text: string | undefined): string {
  return ` (it is ${JSON.stringify(text?.replace(/\/\/\S*@/g, '//…@'))})`
}
