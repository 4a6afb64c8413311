import { problem } from '../words/problem.ts'

export interface TroubleProps {
  /** An error; null: there is none. */
  of: unknown
  /** Own words for what the monitor answers, by its status. */
  byStatus?: Readonly<Record<number, string>>
}

/** What went wrong, said aloud as well. */
export function Trouble({ of: error, byStatus }: TroubleProps) {
  if (error === null) return null
  return (
    <p class="trouble" role="alert">
      {problem(error, byStatus)}
    </p>
  )
}
