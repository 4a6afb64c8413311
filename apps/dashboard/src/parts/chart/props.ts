import type { Severity } from '@hearthwatch/api/severity'
import type { Colours } from './colours.ts'
import type { Series } from './points.ts'

export interface Line extends Series {
  label: string
  /** ms by which its times are moved to lie below those of the first line */
  shift?: number
}

export interface ChartProps {
  /** The accessible name of the chart. */
  label: string
  unit: string
  /** The shown time span, ms. */
  from: number
  to: number
  /** The monitor's time, ms: a line that ends earlier has an open gap. Default: no line has one. */
  now?: number
  /** The first line has a band from its lowest to its highest values. */
  lines: readonly Line[]
  /** Alerts, ms. */
  spans?: readonly { from: number; to: number; severity: Severity }[]
  /** Limits of rules, in the unit that is shown. */
  limits?: readonly { shown: number; text: string; severity: Severity }[]
  /** Remarks of people in the order of time, ms. */
  notes?: readonly { time: number; text: string }[]
  /** Charts with the same name share one cursor. */
  sync?: string
  /** px */
  height?: number
  onZoom?(from: number, to: number): void
  onReset?(): void
  /** A click, a tap or Enter at a value, which is rounded and in the unit that is shown, and at a time in ms. */
  onPick?(shown: number, time: number): void
  /** Receives the canvas, to save it as a picture. */
  onDrawn?(canvas: HTMLCanvasElement): void
}

/** The current state of the chart; each drawing reads it anew. */
export interface ChartState {
  props: ChartProps
  colours: Colours
}
