import type { SensorVerb } from './arguments.ts'

/** The settings of a sensor, for its machine. */
export interface SensorAccount {
  id: string
  room: string
  /** URL of the broker; null: its file names none, so that it is on this machine. */
  broker: string | null
  username: string
  password: string
  /** The authority, PEM; null if the connection has no TLS. */
  ca: string | null
  /** Its certificate and key, PEM; null if the broker requires none. */
  certificate: string | null
  key: string | null
  /** The text of `.env.sensor`. */
  env: string
}

/** The result of `setup sensor …`, which `--json` prints. It has passwords in it. */
export interface SensorResult {
  command: SensorVerb
  /** All sensors, for `list`; `name`: that of the room on the page, if the monitor runs and it has one. */
  sensors?: { id: string; room: string; name?: string }[]
  /** The sensor, for `add`, `show` and `rotate`. */
  sensor?: SensorAccount
  id?: string
  room?: string
  /** False if nothing had to be changed. */
  changed: boolean
  /** Files that were made for the other machine. */
  files: string[]
  /** Commands that make the running broker read its files again; empty if it does so by itself or none runs. */
  reload: string[]
  /** The monitor's part of `move` and `remove`; null: it has none. */
  monitor: 'told' | 'unreachable' | 'refused' | 'unknown device' | null
}
