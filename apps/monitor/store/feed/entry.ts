import type { AlertRow } from '../alert-row.ts'
import type { SeriesName } from '../readings/series-name.ts'

/** The changes of one commit. Times in ms. */
export interface FeedEntry {
  readings: { series: SeriesName; rows: [time: number, value: number][] }[]
  alerts: AlertRow[]
  /** Pending alerts that never fired. */
  dropped: number[]
  gaps: { device: string; epoch: string; first: number; last: number; lost: number; noticed: number }[]
  epochs: { device: string; epoch: string; kept: number; begun: number; heard: number; skew: number }[]
  devices: { key: string; room: string | null; info: string | null; described: string | null }[]
  /** Series whose history a person has deleted. */
  deleted: SeriesName[]
  /** Tables that are small, whole: `rule`, `silence` and `label`. */
  tables: Record<string, Record<string, unknown>[]>
}

export interface FeedRow {
  seq: number
  entry: Partial<FeedEntry>
}

/** Tables that are forwarded whole, because they are small. */
export const wholeTables = ['rule', 'silence', 'label'] as const
