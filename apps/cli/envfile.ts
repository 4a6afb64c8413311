import { parseEnv } from 'node:util'

/** A setting that an env file should have, and the comment that goes before it. */
export interface Setting {
  name: string
  value: string
  comment?: string
}

/** The settings in the text of an env file; an empty one counts as not set. */
export function readEnv(text: string): Record<string, string> {
  return Object.fromEntries(Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => !!entry[1]))
}

/**
 * The text with what is missing put in: in its place where the name stands there without a value, else at the end.
 * What is set already stays as it is, also where `NAME_FILE` says it. Without a text a new one starts with `title`.
 * @throws RangeError for a value that no env file can hold
 */
export function completeEnv(text: string | undefined, title: string, settings: readonly Setting[]): string {
  let result = text ?? `${comment(title)}\n`
  const given = readEnv(result)
  for (const { name, value, comment: why } of settings) {
    if (given[name] !== undefined || given[`${name}_FILE`] !== undefined) continue
    const line = `${name}=${quote(value)}`
    // `NAME=`, also behind a `#` as in .env.example; nothing that says something.
    const empty = new RegExp(`^[ \\t]*(#[ \\t]*)?(export[ \\t]+)?${name}[ \\t]*=[ \\t]*(''|"")?[ \\t]*$`, 'm')
    if (empty.test(result)) result = result.replace(empty, () => line)
    else result = `${result.replace(/(?<!\n)$/, '\n')}${why ? `\n${comment(why)}\n` : ''}${line}\n`
  }
  return result
}

function comment(text: string): string {
  return text.replace(/^/gm, '# ')
}

function quote(value: string): string {
  if (/^[\p{L}\p{N}._:/@,+-]+$/u.test(value)) return value
  const mark = [`'`, '"', '`'].find((candidate) => !value.includes(candidate))
  if (mark === undefined || (mark === '"' && value.includes('\\'))) throw new RangeError(`no env file can hold ${JSON.stringify(value)}`)
  return `${mark}${value}${mark}`
}
