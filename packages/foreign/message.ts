import type { Payload } from '@hearthwatch/template'

/** A message on a topic of a foreign device. */
export interface Message {
  topic: string
  payload: Payload
  /** Size of the payload in bytes. */
  bytes: number
  /** The broker had kept it: an old value. */
  retained: boolean
  /** Time of arrival, ms. */
  at: number
}

/** A foreign device, as its announcements or messages describe it. */
export interface Facts {
  /** At most 64 characters, without `/`, `+` and `#`. */
  id: string
  name: string
  maker: string | null
  model: string | null
  version: string | null
  /** The device through which it is heard. */
  via: string | null
  /** The room that its announcement suggests. */
  area: string | null
  /** Seconds that it may be silent; null: learned from its messages. */
  silentAfter: number | null
  /** The adapter that has described it. */
  adapter: string
  /** It measures nothing: devices are heard through it. */
  isGateway: boolean
}

/** A value as its device states it. */
export interface Value {
  /** Names the value within its device, for ever: the unique id of an entity, the id of a probe. */
  entity: string
  quantity: string
  /** undefined: the quantity's own. */
  unit?: string | undefined
  value: number
  /** When it was measured, ms; null: unknown. */
  time: number | null
}

export type ForeignStatus = 'online' | 'offline' | 'unknown'

/** An outcome of a message. */
export type Effect =
  /** A device appears, or its description changes. */
  | { kind: 'device'; facts: Facts }
  /** A device is no longer announced. */
  | { kind: 'gone'; device: string }
  /** A reading in the quantity's own unit. `fresh`: it proves that the device is alive. */
  | {
      kind: 'reading'
      device: string
      entity: string
      quantity: string
      value: number
      time: number | null
      retained: boolean
      fresh: boolean
    }
  /** The device is alive; no reading says so. */
  | { kind: 'life'; device: string }
  /** By the availability of the device or of its gateway. */
  | { kind: 'status'; device: string; status: ForeignStatus; retained: boolean }
  /** A value that is refused. */
  | { kind: 'refused'; topic: string; reason: string; why: string }
  /** A description that must be kept, because it may not be retained at the broker. `isOver`: it has been withdrawn. */
  | { kind: 'keep'; topic: string; payload: string; isOver: boolean }

/** An announced entity that is not followed, and why. */
export interface NotUnderstood {
  /** Topic of its announcement. */
  topic: string
  entity: string
  /** Name of its device. */
  device: string
  why: string
  template: string | null
}

/** The calls by which an adapter reports the content of a message. */
export interface House {
  /** Describes a device. @returns false if there are too many: nothing is taken from it */
  device(facts: Facts): boolean
  /** @param id of a device that is no longer announced */
  gone(id: string): void
  /** Receives messages of a topic filter until `unfollow`. @returns false if it may not be followed */
  follow(owner: string, filter: string, take: (message: Message) => void): boolean
  unfollow(owner: string): void
  /** A value of the current message. */
  reading(device: string, value: Value): void
  /** The current message is from this device. @param time its own time, ms; null: none */
  seen(device: string, time: number | null): void
  /** The device, or the broker for it, has published its availability. */
  available(device: string, isOnline: boolean): void
  /** A device is heard through this gateway; unknown when all its gateways are offline. */
  through(device: string, gateway: string): void
  /** The availability of a gateway, which is announced as a device of its own. */
  gateway(facts: Pick<Facts, 'id' | 'name' | 'adapter'> & Partial<Facts>, isOnline: boolean): void
  /** Messages of the next minute may repeat old states of this gateway, or of all. */
  restarted(gateway: string | null): void
  notUnderstood(owner: string, entity: string, found: Omit<NotUnderstood, 'topic' | 'entity'>): void
  /** Stores the current message, which describes devices. */
  keep(isOver: boolean): void
  /** True if this topic is followed because it was announced. */
  isAnnounced(topic: string): boolean
}

export interface Adapter {
  /** Its name in the setting FOLLOW. */
  name: string
  /** The topic filters that it always follows. */
  filters: readonly string[]
  /** Receives each message of its filters. */
  take(message: Message): void
}

/** An adapter for devices below a prefix. */
export interface AdapterKind {
  name: string
  /** Its prefix where the setting names none. */
  prefix: string
  /** Followed unless the setting FOLLOW says otherwise. */
  isDefault: boolean
  /** The filters that its broker user must be able to read, for a prefix. */
  reads(prefix: string): readonly string[]
  create(prefix: string, house: House): Adapter
}
