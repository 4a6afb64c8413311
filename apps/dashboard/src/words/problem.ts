import { LoginNeeded, Refused, Unreachable } from '../monitor/ask.ts'
import { frame } from './frame.ts'

/** What went wrong, for people. */
export function problem(error: unknown): string {
  if (error instanceof Unreachable) return frame().unreachable
  if (error instanceof LoginNeeded) return frame().loginNeeded
  if (error instanceof Refused && error.status === 429) return frame().tooMany(error.retryAfter)
  return error instanceof Error ? error.message : String(error)
}
