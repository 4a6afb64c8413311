import { LoginNeeded, Refused, Unreachable } from '../monitor/ask.ts'
import { frame } from './frame.ts'
import { language } from './language.ts'

/**
 * What went wrong, for people.
 * @param byStatus own words for what the monitor answers: where the page knows what was asked, it knows what a status means
 */
export function problem(error: unknown, byStatus: Readonly<Record<number, string>> = {}): string {
  if (error instanceof Unreachable) return frame().unreachable
  if (error instanceof LoginNeeded) return frame().loginNeeded
  if (error instanceof Refused) return byStatus[error.status] ?? inGeneral(error)
  return error instanceof Error ? error.message : String(error)
}

/** The monitor answers in English. */
function inGeneral({ status, retryAfter, message }: Refused): string {
  if (status === 429) return frame().wait(retryAfter)
  if (language.value === 'en') return message
  if (status === 404) return frame().gone
  return status >= 500 ? frame().broken : message
}
