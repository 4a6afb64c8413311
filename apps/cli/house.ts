import type { Report } from './report.ts'
import type { SetupRequest } from './setup-request.ts'

/** A sensor that the house knows. */
export interface Sensor {
  id: string
  room: string
}

/** What people need to know, and only they: never part of a log. */
export interface Secrets {
  /** The page's password. */
  page: string
  /** The page's port on this machine. */
  port: string
  /** The password of the user `guest`, for other software. */
  guest: string
  sensors: Sensor[]
}

/** One home's files, wherever they lie. */
export interface House {
  /**
   * Makes what is missing, completes what is half there, and keeps the rest.
   * @param now ms since the epoch
   * @throws UsageError, SetupError
   */
  make(request: SetupRequest, now: number): Promise<Report>
  /** @throws SetupError where setup has not made them yet */
  secrets(): Promise<Secrets>
  /** The settings of a sensor, as text for its `.env.sensor`. @throws UsageError for one that the house does not know */
  settingsOf(id: string): Promise<string>
  /** The authority's certificate, PEM. @throws SetupError where setup has not made it yet */
  authority(): Promise<string>
}
