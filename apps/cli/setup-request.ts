import type { LoginKind } from '@hearthwatch/foreign/logins'
import { isDeviceId, isName, readProbeRooms } from '@hearthwatch/protocol'
import { toHost } from './broker/hostnames.ts'

/** A requested sensor. */
export interface SensorRequest {
  id: string
  room: string
  probe?: string | undefined
  /** The room of each probe, as in `PROBES`: `w1-28-0316a1b2c3d4=fridge cpu=kitchen`. */
  probes?: string | undefined
  /** Address of the broker, if it runs on another machine than the sensor. */
  broker?: string | undefined
}

/** A device of others that gets a login at the broker. */
export interface DeviceRequest {
  name: string
  kind: LoginKind
  /** Its topic or prefix; the room of a script. */
  topic: string
  /** URL of the broker, as the device reaches it. */
  broker: string
}

/** The requested additions to an installation. */
export interface SetupRequest {
  /** The sensor of this machine, at most one; empty in containers. Missing properties have defaults. */
  own: Partial<SensorRequest>[]
  /** A sensor on another machine. */
  added?: SensorRequest | undefined
  /** The login of a device of others. */
  device?: DeviceRequest | undefined
  /** A sensor or device that is taken away: its user, its rights and its settings. */
  removed?: string | undefined
  /** A sensor whose certificate is revoked, and which gets one for a new key. */
  rekeyed?: string | undefined
  /** More names and addresses for the broker's certificate. */
  hosts: string[]
}

/** The command line is invalid: exit code 2. */
export class UsageError extends Error {}

/** Setup cannot complete the installation: exit code 1. */
export class SetupError extends Error {}

/** Users of the broker that are no sensors. */
export const reservedUsers: readonly string[] = ['monitor', 'guest']

/** @throws UsageError for an invalid id, room, probe or address. */
export function checkSensor({ id, room, probe, probes, broker }: SensorRequest): void {
  if (!isDeviceId(id))
    throw new UsageError(`A sensor's id has 1 to 32 of the characters a-z, 0-9 and "-"; ${JSON.stringify(id)} is invalid.`)
  if (reservedUsers.includes(id)) throw new UsageError(`The id ${id} is reserved: choose another id for the sensor.`)
  checkRoom(room)
  if (probe !== undefined && !/^[a-z0-9-]+$/.test(probe)) throw new UsageError(`${JSON.stringify(probe)} is not a probe.`)
  const [problem] = readProbeRooms(probes ?? '').problems
  if (problem !== undefined) throw new UsageError(`${problem}.`)
  if (broker !== undefined && hostOf(broker) === undefined)
    throw new UsageError(`The broker's address must look like mqtts://192.168.1.10:8883; ${JSON.stringify(broker)} is invalid.`)
}

/** @throws UsageError for a text that cannot be a room */
export function checkRoom(room: string): void {
  if (isName(room)) return
  throw new UsageError(
    `A room has 1 to 64 characters without "/", "+", "#" and without spaces at its ends; ${JSON.stringify(room)} is invalid.`,
  )
}

/** All rooms of a sensor: its own first, then those of its probes. */
export function roomsOf({ room, probes }: Pick<SensorRequest, 'room' | 'probes'>): [string, ...string[]] {
  const others = [...readProbeRooms(probes ?? '').rooms.values()]
  return [room, ...new Set(others.filter((other) => other !== room))]
}

/** @throws UsageError for a text that is neither a host name nor an address. */
export function readHost(text: string): string {
  const host = toHost(text)
  if (host === undefined) throw new UsageError(`${JSON.stringify(text)} is neither a host name nor an address.`)
  return host
}

/** The host in a broker's address; undefined for an invalid address. */
export function hostOf(broker: string): string | undefined {
  if (!/^(mqtts?|wss?):\/\//.test(broker) || !URL.canParse(broker)) return undefined
  return toHost(new URL(broker).hostname.replace(/^\[|\]$/g, ''))
}
