import { readFileSync } from 'node:fs'
import { type EnvFile, parseEnvFile, type Variables } from './env-file.ts'

/**
 * The first of these files that exists, with its name before each problem and note; empty if none exists.
 * @throws Error for a file that exists but cannot be read.
 */
export function firstFile(files: readonly string[]): EnvFile {
  for (const file of files) {
    try {
      const { variables, problems, notes } = parseEnvFile(readText(file))
      const named = (text: string) => `${file}: ${text}`
      return { variables, problems: problems.map(named), notes: notes.map(named) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new Error(`${file} cannot be read: ${(error as Error).message}`)
    }
  }
  return { variables: {}, problems: [], notes: [] }
}

/**
 * Reads a secret from the first source that has `NAME` or `NAME_FILE`.
 * @throws Error if that file is empty or cannot be read: a missing file must not disable a password.
 */
export function readSecret(name: string, sources: readonly Variables[]): string | undefined {
  for (const source of sources) {
    if (source[name]) return source[name]
    const file = source[`${name}_FILE`]
    if (!file) continue
    let text: string
    try {
      text = readText(file).replace(/\r?\n$/, '')
    } catch (error) {
      throw new Error(`${name}_FILE cannot be read: ${(error as Error).message}`)
    }
    if (text === '') throw new Error(`${name}_FILE names an empty file: ${file}`)
    return text
  }
  return undefined
}

/** Reads a value from the first source that has it. */
export function readPlain(name: string, sources: readonly Variables[]): string | undefined {
  return sources.find((source) => source[name])?.[name]
}

// Windows editors add a byte order mark, which would become part of the first name.
function readText(file: string): string {
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
}
