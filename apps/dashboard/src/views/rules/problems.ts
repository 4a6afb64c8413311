import { figureWithUnit } from '../../words/numbers.ts'
import { unitOf } from '../../words/units.ts'
import { type Draft, isChange } from './draft.ts'
import { say } from './words.ts'

const fields = [
  'name',
  'quantity',
  'rooms',
  'condition',
  'limit',
  'window',
  'recover',
  'for',
  'keepFiringFor',
  'severity',
  'noData',
  'repeat',
  'channels',
  'message',
] as const
export type Field = (typeof fields)[number]

/** Between two of them; what a person has typed, which it repeats, may have a semicolon, too. */
const border = new RegExp(`; (?=(?:${fields.join('|')})\\b)`)

export interface Problems {
  fields: ReadonlyMap<Field, string>
  /** What belongs to none of them. */
  rest: string
}

export const noProblems: Problems = { fields: new Map(), rest: '' }

/**
 * Takes the monitor's answer apart: it names every field that is wrong, one after the other, in English, in seconds and in °C.
 * @returns what is wrong by field in the words of the page
 */
export function problemsOf(answer: string, draft: Draft): Problems {
  const found = new Map<Field, string>()
  const rest: string[] = []
  for (const part of answer.split(border).filter(Boolean)) {
    const word = /^[a-zA-Z]+/.exec(part)?.[0]
    const field = fields.find((one) => one === word)
    if (field === undefined) rest.push(part)
    else if (!found.has(field)) found.set(field, inWords(field, part, draft))
  }
  return { fields: found, rest: rest.join('; ') }
}

function inWords(field: Field, said: string, draft: Draft): string {
  const { wrong } = say()
  if (field === 'limit') return aboutLimit(said, draft)
  if (field === 'recover') return /must be a number/.test(said) ? wrong.negative : wrong.recover
  if (field === 'for') return draft.condition === 'silent' ? wrong.silentFor : wrong.for
  return wrong[field]
}

function aboutLimit(said: string, { condition, quantity }: Draft): string {
  const { wrong } = say()
  const [, low, high] = /must be from (\S+) to (\S+)/.exec(said) ?? []
  const unit = unitOf(quantity)
  if (low !== undefined && high !== undefined) return wrong.between(figureWithUnit(Number(low), unit), figureWithUnit(Number(high), unit))
  if (/is not below/.test(said)) return wrong.order
  return isChange(condition) && !/missing/.test(said) ? wrong.amount : wrong.missing
}

/** The name, or the first like it that nobody has: `frost-2`. */
export function freeName(name: string, taken: readonly string[]): string {
  if (name === '' || !taken.includes(name)) return name
  let count = 2
  while (taken.includes(`${name}-${count}`)) count += 1
  return `${name}-${count}`
}
