import type { Pair } from '../certificates/certificates.ts'
import type { Devices } from '../device/devices.ts'
import type { Report } from '../report.ts'
import type { SensorChange } from '../sensor/change.ts'
import type { SetupRequest } from '../setup-request.ts'

/** A sensor of the installation. */
export interface Sensor {
  id: string
  room: string
}

/** Passwords for people. They must never be logged. */
export interface Secrets {
  /** The page's password. */
  page: string
  /** The page's port on this machine. */
  port: string
  /** The password of the user `guest`, for other software. */
  guest: string
  sensors: Sensor[]
}

/** All users of the broker. They must never be logged. */
export interface Logins {
  /** Passwords by user. */
  users: Record<string, string>
  /** The text of the access list, with a block for each login. */
  acl: string
  /** Users that a person has added to the password file: only the hashes of their passwords are known. */
  others: string[]
}

/** The files by which a balancer checks client certificates. */
export interface ClientAuthorities {
  /** The authorities of the certificates, PEM. */
  authorities: string
  /** The lists of revoked certificates, PEM. */
  revoked: string
  /** The port that requires a certificate. If it is 18883, the services of Docker Compose use 8883 without one. */
  port: 8883 | 18883
}

/** The files of an installation, in a clone or in containers. */
export interface Installation {
  /**
   * Makes missing files, completes incomplete ones, and leaves the others unchanged.
   * @param now ms since the epoch
   * @throws UsageError, SetupError
   */
  make(request: SetupRequest, now: number): Promise<Report>
  /**
   * Changes a sensor that exists, and brings the files of the broker in line.
   * @throws UsageError for an unknown sensor
   */
  change(id: string, change: SensorChange, now: number): Promise<Report>
  /** Takes the sensor's user, its rights and its settings away. @throws UsageError for an unknown sensor */
  remove(id: string, now: number): Promise<Report>
  /** The logins of devices of others. */
  devices: Devices
  /**
   * Renews the certificates that end within 30 days, for the same names.
   * @param now ms since the epoch
   * @throws SetupError if setup has not made them yet, or if the authority's key is elsewhere
   */
  renew(now: number): Promise<Report>
  list(): Promise<Sensor[]>
  /** Names and addresses in the broker's certificate; empty if there is none yet. */
  names(): Promise<string[]>
  /** @throws SetupError if setup has not made them yet */
  secrets(): Promise<Secrets>
  /** @throws SetupError if setup has not made them yet */
  logins(): Promise<Logins>
  /** Certificate and key of the broker, PEM; null if it has none. */
  brokerCertificate(): Promise<string | null>
  /** The settings of a sensor, as text for its `.env.sensor`. @throws UsageError for an unknown sensor */
  settingsOf(id: string): Promise<string>
  /** The certificate of a client and its key, PEM; null if the broker requires none. */
  certificateOf(user: string): Promise<Pair | null>
  /** Null if the broker requires no client certificates. @throws SetupError if setup has not made them yet */
  clientAuthorities(): Promise<ClientAuthorities | null>
  /** The authority's certificate, PEM. @throws SetupError if setup has not made it yet */
  authority(): Promise<string>
}
