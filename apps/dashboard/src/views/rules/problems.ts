import type { FieldProblem } from '@hearthwatch/api/errors'
import { figureWithUnit } from '../../words/numbers.ts'
import { unitOf } from '../../words/units.ts'
import { type Draft, isChange } from './draft.ts'
import { say } from './words.ts'

export type Field = keyof ReturnType<typeof say>['fields'] | 'limit' | 'recover' | 'for'

/** The props of each group of fields in the form. */
export interface FieldsProps {
  draft: Draft
  problems: ReadonlyMap<Field, string>
  set(change: Partial<Draft>): void
}

/** The problems of a refused rule, by field and in the words of the page. Only the first problem of a field counts. */
export function problemsOf(problems: readonly FieldProblem[], draft: Draft): ReadonlyMap<Field, string> {
  const found = new Map<Field, string>()
  for (const problem of problems) {
    const field = problem.field as Field
    const text = inWords(field, problem, draft)
    if (text !== undefined && !found.has(field)) found.set(field, text)
  }
  return found
}

/** @returns undefined for a field that the form does not have */
function inWords(field: Field, { problem, min, max }: FieldProblem, { condition, quantity }: Draft): string | undefined {
  const { wrong, fields } = say()
  if (field === 'recover') return problem === 'too-large' || problem === 'not-below' ? wrong.recover : wrong.negative
  if (field === 'for') return condition === 'silent' ? wrong.silentFor : fields.keepFiringFor
  if (field !== 'limit') return fields[field]
  const unit = unitOf(quantity)
  if (problem === 'wrong-order') return wrong.order
  if (isChange(condition) && problem !== 'missing') return wrong.amount
  return min === undefined || max === undefined ? wrong.missing : wrong.between(figureWithUnit(min, unit), figureWithUnit(max, unit))
}
