import type { Problem } from '@hearthwatch/api/devices'
import type { Finding } from '@hearthwatch/doctor'
import type { Language } from '@hearthwatch/settings'
import type { Config } from '../config/config.ts'
import type { DiskGrowth } from '../rules/disk-machine.ts'
import type { Inspection } from '../store/inspect.ts'

/** The connection to the broker: that of the running monitor, or a login of the doctor while no monitor runs. */
export interface LiveHouse {
  /** Filters on which the broker delivers nothing, found by probe messages. */
  undelivered(): Promise<readonly string[]>
  /** Topics of retained messages that this user may read. */
  retained(): Promise<readonly string[]>
  /** True if a message came back on a topic that no access list of ours grants; null: not tried. */
  mayDoAll(): Promise<boolean | null>
  /** The broker's own figures by topic below `$SYS/broker/`; null: not readable, or not asked. */
  figures(): Promise<ReadonlyMap<string, string> | null>
  /** Conflicts of devices. */
  problems(): readonly { device: string; problem: Problem }[]
  close(): Promise<void>
}

/** Connections of the monitor that another program with its client id has ended, within the last ten minutes. */
export interface Takeovers {
  count: number
  /** Of both sides; empty: only the broker knows them. */
  addresses: readonly string[]
}

/** The state of FORWARD_URL. */
export interface ForwardingState {
  /** The reason why nothing is forwarded; null: all is well. */
  trouble: string | null
  /** Commits that wait. */
  waiting: number
}

/** Signs of programs that need MQTT 5, which the embedded broker does not speak, since the start of the monitor. */
export interface NewerClients {
  /** Home Assistant has started on this broker. */
  homeAssistant: boolean
  /** Connections that were refused because they speak MQTT 5. */
  refused: number
}

/** The house that the checks look at. */
export interface Patient {
  language: Language
  /** ms since the epoch */
  now: number
  /** The settings' files, in the order in which they are looked for. */
  files: readonly string[]
  config: Config
  version: string
  /** True if a monitor uses the database. */
  isRunning: boolean
  /** The database; null: there is none, or it cannot be read. */
  database: Inspection | null
  /** Why there is no `database`. */
  databaseProblem: string
  live: LiveHouse | null
  /** Why there is no `live`. */
  liveProblem: string
  /** True if the broker was asked, and there is no connection. */
  isRefused: boolean
  /** null: none, or no monitor runs. */
  takeovers: Takeovers | null
  /** Clients of the embedded broker that it does not serve for long; null: it is another broker. */
  newer: NewerClients | null
  /** The copy to a database of many sites; null: there is none, or no monitor runs. */
  forwarding: ForwardingState | null
  /** How the disk fills; null: it does not, or no monitor has watched it for a day. */
  growth: DiskGrowth | null
  /** True within a container. */
  isContained: boolean
}

/** One file in `checks/`, one line in `registry.ts`. */
export interface Check {
  /** Begins the id of its findings. */
  id: string
  /** `connection`: it needs the monitor's connection to the broker, or what the monitor has seen, so a running monitor does it. */
  needs: 'machine' | 'connection'
  run(patient: Patient): Finding[] | Promise<Finding[]>
}

/** The texts of one language. */
export const inLanguage = <T>(texts: { en: T; 'zh-TW': T }, { language }: Pick<Patient, 'language'>): T => texts[language]
