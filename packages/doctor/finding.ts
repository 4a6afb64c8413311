import type { Words } from './words.ts'

/** One result of the doctor, for people. */
export interface Finding {
  /** Names the check, in every language: `settings`, `tls`. */
  id: string
  level: 'error' | 'warning' | 'ok' | 'skipped'
  what: string
  /** The reason; empty if all is well. */
  why: string
  /** The remedy; empty if there is none to take. */
  do: string
}

export const ok = (id: string, what: string): Finding => ({ id, level: 'ok', what, why: '', do: '' })
export const skipped = (id: string, what: string, why: string, remedy = ''): Finding => ({ id, level: 'skipped', what, why, do: remedy })
export const warning = (id: string, what: string, why: string, remedy: string): Finding => ({ id, level: 'warning', what, why, do: remedy })
export const error = (id: string, what: string, why: string, remedy: string): Finding => ({ id, level: 'error', what, why, do: remedy })

const marks: Record<Finding['level'], string> = { error: '✗', warning: '!', ok: '✓', skipped: '–' }

/** The findings as lines of text. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings
    .flatMap(({ level, what, why, do: remedy }) => [
      `${marks[level]} ${what}`,
      ...[why, remedy && `→ ${remedy}`].filter(Boolean).map((line) => `    ${line}`),
    ])
    .join('\n')
}

/** The last line: how much is wrong, and how much could not be checked, each of that with its reason. */
export function summarize(findings: readonly Finding[], words: Words['summary']): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  const skippedOnes = findings.filter(({ level }) => level === 'skipped')
  const lines = [words.counts(count('error'), count('warning'), count('ok'), skippedOnes.length)]
  if (skippedOnes.length > 0) lines.push(words.unchecked(skippedOnes.map(({ id }) => id).join(', ')))
  return lines.join('\n')
}
