import { problem } from '../words/problem.ts'

export interface ErrorTextProps {
  /** An error; null: there is none. */
  of: unknown
  /** Own words by HTTP status. */
  byStatus?: Readonly<Record<number, string>> | undefined
}

/** An error, also announced by screen readers. */
export function ErrorText({ of: error, byStatus }: ErrorTextProps) {
  if (error === null) return null
  return (
    <p class="error" role="alert">
      {problem(error, byStatus)}
    </p>
  )
}
