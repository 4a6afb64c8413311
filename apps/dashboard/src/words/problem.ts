import { LoginNeeded, Refused, Unreachable } from '../monitor/ask.ts'
import { isReader } from '../monitor/session.ts'
import { fieldProblem } from './field-problem.ts'
import { frame } from './frame.ts'
import { language } from './language.ts'

/**
 * An error in words for people.
 * @param byStatus own words by HTTP status, where the page knows the cause
 */
export function problem(error: unknown, byStatus: Readonly<Record<number, string>> = {}): string {
  if (error instanceof Unreachable) return frame().unreachable
  if (error instanceof LoginNeeded) return frame().loginNeeded
  if (error instanceof Refused) return byStatus[error.status] ?? inGeneral(error)
  return error instanceof Error ? error.message : String(error)
}

/** The monitor's own sentence is English. */
function inGeneral({ status, retryAfter, message, fields }: Refused): string {
  if (status === 403 && isReader.value) return frame().readOnly
  if (status === 429) return frame().wait(retryAfter)
  if (language.value === 'en') return message
  const [first] = fields
  if (first !== undefined) return fieldProblem(first)
  if (status === 404) return frame().gone
  return status >= 500 ? frame().broken : frame().refused
}
