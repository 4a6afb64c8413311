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
  devices: FedDevice[]
  /** Keys of devices that were removed. */
  removedDevices: string[]
  /** True if `devices` are all devices: others were removed unseen. */
  isWhole: true
  /** Series whose history a person has deleted. */
  deleted: SeriesName[]
  /** Tables that are small, whole: `rule`, `silence` and `label`. */
  tables: Record<string, Record<string, unknown>[]>
}

/** A device, as a monitor that starts without a database needs to know it: JSON in SQLite's columns. */
export interface FedDevice {
  key: string
  room: string | null
  info: string | null
  described: string | null
  standing: string | null
  claims: string | null
  beats: number
  /** As it was when it became reliable; later changes are not forwarded. ms */
  usual: number | null
  signs: number
}

export interface FeedRow {
  seq: number
  entry: Partial<FeedEntry>
}

/** Tables that are forwarded whole, because they are small. */
export const wholeTables = ['rule', 'silence', 'label'] as const
