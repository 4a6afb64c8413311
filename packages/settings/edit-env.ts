import { parseEnvFile } from './env-file.ts'

/** A setting that an env file must contain, and the comment above it. */
export interface Setting {
  name: string
  value: string
  comment?: string
}

/** Parses the text of an env file. An empty setting counts as not set. */
export function readEnv(text: string): Record<string, string> {
  return Object.fromEntries(Object.entries(parseEnvFile(text).variables).filter((entry): entry is [string, string] => !!entry[1]))
}

/**
 * Adds missing settings to the text of an env file: in place if the name is there without a value, else at the end.
 * A setting that has a value, or a `NAME_FILE`, stays unchanged. A new text starts with `title`.
 */
export function completeEnv(text: string | undefined, title: string, settings: readonly Setting[]): string {
  let result = text ?? `${comment(title)}\n`
  const given = readEnv(result)
  for (const { name, value, comment: why } of settings) {
    if (given[name] !== undefined || given[`${name}_FILE`] !== undefined) continue
    const line = `${name}=${quote(value)}`
    // `NAME=` without a value, possibly commented out as in .env.example.
    const empty = new RegExp(`^[ \\t]*(#[ \\t]*)?(export[ \\t]+)?${name}[ \\t]*=[ \\t]*(''|"")?[ \\t]*$`, 'm')
    if (empty.test(result)) result = result.replace(empty, () => line)
    else result = `${result.replace(/(?<!\n)$/, '\n')}${why ? `\n${comment(why)}\n` : ''}${line}\n`
  }
  return result
}

/** Replaces the value of a setting in the text of an env file, or adds the setting at the end. */
export function setEnv(text: string, name: string, value: string): string {
  const line = `${name}=${quote(value)}`
  const old = new RegExp(`^[ \\t]*(export[ \\t]+)?${name}[ \\t]*=.*$`, 'm')
  return old.test(text) ? text.replace(old, () => line) : `${text.replace(/(?<!\n)$/, '\n')}${line}\n`
}

function comment(text: string): string {
  return text.replace(/^/gm, '# ')
}

function quote(value: string): string {
  if (/^[\p{L}\p{N}._:/@,+-]+$/u.test(value)) return value
  // A backslash before the closing quote would escape it.
  if (!/['\n\r]|\\$/.test(value)) return `'${value}'`
  return `"${value
    .replace(/["\\$]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')}"`
}
