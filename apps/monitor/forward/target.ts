import type { AdoptedState } from '../store/adopt.ts'
import type { FeedEntry, FeedRow } from '../store/feed/entry.ts'

/** A database of many sites, to which this monitor copies what it has stored. */
export interface Target {
  /**
   * Connects, and brings the schema in line.
   * @returns the site, as the target knows it
   * @throws Error with a message for people
   */
  open(): Promise<SiteState>
  /**
   * Stores the entries and their last number at once: both or none. Entries that it has are skipped.
   * @throws Error; then nothing is stored
   */
  send(rows: readonly FeedRow[]): Promise<void>
  /**
   * Stores readings of the past without a number. Repeats change nothing.
   * @throws Error
   */
  sendPast(entry: Partial<FeedEntry>): Promise<void>
  /** Marks whether all that this monitor has stored up to the last number is there. */
  setComplete(isComplete: boolean): Promise<void>
  close(): Promise<void>
}

export interface SiteState {
  /** Number of the last entry; 0: none; null: the target keeps no number, and entries that come again change nothing. */
  seq: number | null
  /** False if another database was the source until now, or if the target was emptied: everything is to be sent. */
  isKnown: boolean
}

export interface TargetOptions {
  url: URL
  /** The name of this site among others. */
  site: string
  /** The id of this database. */
  instance: string
  /** A site whose monitor was not heard of for this long may have another one. ms */
  patience: number
}

/** A kind of target: one file in a folder of its own, one line in `registry.ts`. */
export interface TargetKind {
  /** Schemes of its addresses, without the colon. */
  schemes: readonly string[]
  create(options: TargetOptions): Promise<Target>
  /**
   * Reads the site for a monitor that starts without a database, and makes that one its source; null: the site is unknown.
   * Missing: the target has readings only.
   * @throws Error if the former monitor is alive
   */
  load?(options: TargetOptions): Promise<AdoptedState | null>
}
