import { problem } from '../words/problem.ts'

export interface ErrorTextProps {
  /** An error; null: there is none. */
  of: unknown
  /** Own words for what the monitor answers, by its status. */
  byStatus?: Readonly<Record<number, string>>
}

/** What went wrong, said aloud as well. */
export function ErrorText({ of: error, byStatus }: ErrorTextProps) {
  if (error === null) return null
  return (
    <p class="error" role="alert">
      {problem(error, byStatus)}
    </p>
  )
}
