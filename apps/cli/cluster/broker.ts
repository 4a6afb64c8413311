import type { Acl } from '@hearthwatch/broker/acl'
import type { ClientAuthorities } from '../installation/installation.ts'

/** A user of the house's broker, with its password as plain text. */
export interface Login {
  user: string
  password: string
}

/** The house, as a broker of another make needs to know it. */
export interface House {
  /** The one table of rights, from which Mosquitto's access list is made. */
  acl: Acl
  /** Sorted by user. */
  logins: readonly Login[]
  /** The beginning of all topics: TOPIC_PREFIX, or ''. */
  prefix: string
  /** Host names of the nodes. */
  nodes: readonly [string, ...string[]]
  /** Certificate and key of the house's broker, PEM; null: the house has none. */
  certificate: string | null
  /** Null: the port with TLS asks for no client certificates. */
  clients: ClientAuthorities | null
  /** A secret of this folder for a purpose, 32 hex digits, the same in each run. */
  secret(purpose: string): string
}

/** A file for the broker. */
export interface ClusterFile {
  name: string
  text: string
  /** 0o600 for a file with passwords or hashes. */
  mode: 0o600 | 0o644
  /** Its content, for people. */
  what: string
}

/** A broker whose users and rights setup writes. A new one is a file and a line in `registry.ts`. */
export interface ClusterBroker {
  /** @throws SetupError for a right that this broker cannot express */
  files(house: House): Promise<ClusterFile[]>
  /** The next step, for people. */
  next: Record<'en' | 'zh-TW', string>
}
