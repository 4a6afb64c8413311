import { type Severity, severities } from '@hearthwatch/api/severity'
import { pauses } from './points.ts'
import type { ChartProps } from './props.ts'
import { say } from './words.ts'

/** The signs of a chart that need an explanation: alerts in the colour of their severity, and missing readings. */
export type Sign = Severity | 'missing'

/** The signs that the window shows. */
export function signsIn({ lines, spans = [], from, to, now = 0 }: Pick<ChartProps, 'lines' | 'spans' | 'from' | 'to' | 'now'>): Sign[] {
  const isShown = (start: number, end: number) => end > from && start < to
  const shown = new Set(spans.filter((span) => isShown(span.from, span.to)).map(({ severity }) => severity))
  const [main] = lines
  const isMissing = main !== undefined && pauses(main, Math.min(to, now)).some(([start, end]) => isShown(start, end))
  return [...severities.filter((severity) => shown.has(severity)), ...(isMissing ? (['missing'] as const) : [])]
}

export const signName = (sign: Sign): string => say().signs[sign]
