import type { Rule } from '@hearthwatch/api/rule'
import { readRule } from './check-rule.ts'
import { RuleError } from './rule-error.ts'

/**
 * Reads the rules of a file: a JSON list, in the form of `GET /api/rules`, or `{"rules": […]}`.
 * @throws RuleError naming the line, or every rule and field that is wrong
 */
export function readRules(text: string): Rule[] {
  const given = parse(text.replace(/^\uFEFF/, ''))
  const list = Array.isArray(given) ? given : (given as { rules?: unknown } | null)?.rules
  if (!Array.isArray(list)) throw new RuleError('it must be a list of rules: [{"name": "…", …}, …]')
  const rules = new Map<string, Rule>()
  const problems: string[] = []
  for (const [i, one] of list.entries()) {
    const name: unknown = one?.name
    const which = `rule ${i + 1}${typeof name === 'string' ? ` (${name})` : ''}`
    try {
      const rule = readRule(one)
      if (rules.has(rule.name)) problems.push(`${which}: name is that of another rule, too`)
      rules.set(rule.name, rule)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      problems.push(`${which}: ${error.message}`)
    }
  }
  if (problems.length > 0) throw new RuleError(problems.join('. '))
  return [...rules.values()]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const why = message.replace(/ in JSON at position .*$| *\(line \d+ column \d+\)$|, (\.\.\.)?".*$/s, '')
    throw new RuleError(`it is not JSON${lineOf(text, message)}: ${why}`)
  }
}

/** The line of a syntax error. The parser's message has the line and column, or ten characters on either side of the place. */
function lineOf(text: string, message: string): string {
  const [, line] = /\(line (\d+) column \d+\)/.exec(message) ?? []
  if (line !== undefined) return `, line ${line}`
  if (message.startsWith('Unexpected end')) return `, line ${text.trimEnd().split('\n').length}`
  const [, around = ''] = /^Unexpected token '.+', (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/su.exec(messageOf(padded(text))) ?? []
  const at = padded(text).indexOf(around)
  const isCertain = around !== '' && at !== -1 && !padded(text).includes(around, at + 1)
  return isCertain
    ? `, line ${
        padded(text)
          .slice(0, at + 10)
          .split('\n').length
      }`
    : ''
}

/** Padded, so that the parser's message never quotes all of the text, and always ten characters on either side of the place. */
const padded = (text: string) => `${' '.repeat(100)}${text}${' '.repeat(100)}`

function messageOf(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    return (error as SyntaxError).message
  }
}
