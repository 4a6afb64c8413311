export type Variables = Record<string, string | undefined>

/** An env file: its variables, what is wrong with it, and what Docker Compose reads in another way. No text has a value. */
export interface EnvFile {
  variables: Variables
  problems: string[]
  notes: string[]
}

const statement = /^(?:export[ \t]+)?([\p{L}\p{N}_.[\]-]+)[ \t]*(?:[=:][ \t]*(.*))?$/su
const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/**
 * Parses an env file by the rules of Docker Compose, which reads the same file. A comment begins with ` #`, so `abc#def` is
 * one value. A text in single quotes is literal, one in double quotes has escapes. Both may have several lines.
 * Only `$` differs: Compose replaces `$NAME`, and here it stays. Node's own `parseEnv` cuts an unquoted value at each `#`.
 */
export function parseEnvFile(text: string): EnvFile {
  const found: EnvFile = { variables: {}, problems: [], notes: [] }
  // Windows editors add a byte order mark, which would become part of the first name.
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim()
    if (line === '' || line.startsWith('#')) continue
    const place = `line ${at + 1}`
    const [, name, value] = statement.exec(line) ?? []
    if (name === undefined) found.notes.push(`${place} is not NAME=value, and is ignored`)
    // A name alone stands for the variable of the environment.
    else if (value !== undefined) at += readValue(name, value, lines.slice(at + 1), place, found)
  }
  return found
}

/** @returns the number of further lines that belong to the value */
function readValue(name: string, first: string, more: readonly string[], place: string, { variables, problems, notes }: EnvFile): number {
  const mark = first[0]
  if (mark !== '"' && mark !== "'") {
    const value = first.split(' #')[0]?.trimEnd() ?? ''
    if (value.startsWith('#')) notes.push(`${name} (${place}) begins with #, which begins no comment there`)
    if (/^`.*`$/.test(value)) notes.push(`${name} (${place}): backticks are part of the value`)
    if (value.includes('$')) notes.push(dollar(name, place))
    variables[name] = value
    return 0
  }
  for (let count = 0; count <= more.length; count += 1) {
    const whole = [first, ...more.slice(0, count)].join('\n')
    const end = endOf(whole, mark)
    if (end === -1) continue
    if (!/^[ \t]*(#.*)?$/.test(whole.slice(end + 1))) problems.push(`${name} (${place}) has text after its closing quote`)
    const inside = whole.slice(1, end)
    if (mark === '"' && /(?<!\\)(\\\\)*\$/.test(inside)) notes.push(dollar(name, place))
    variables[name] = mark === '"' ? withoutEscapes(inside) : inside.replaceAll("\\'", "'")
    return count
  }
  problems.push(`${name} (${place}) has a quote that is not closed`)
  return 0
}

const dollar = (name: string, place: string) => `${name} (${place}) has a $, which Docker Compose replaces: put the value in single quotes`

/** Position of the closing quote; -1: none. A quote behind a backslash does not close. */
function endOf(text: string, mark: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === mark) return at
  }
  return -1
}

function withoutEscapes(text: string): string {
  return text.replace(/\\([abfnrtv"\\$]|0\d{0,3})/g, (_, character: string) =>
    character.startsWith('0') ? String.fromCharCode(Number.parseInt(character, 8)) : (escapes[character] ?? character),
  )
}
