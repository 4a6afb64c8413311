import { isDeviceId, isName } from '@hearthwatch/protocol'
import { toHost } from './hostnames.ts'

/** A sensor that the house should have. */
export interface SensorRequest {
  id: string
  room: string
  probe?: string | undefined
  /** The broker's address as the sensor sees it, where that is another machine. */
  broker?: string | undefined
}

/** What is asked of setup, beside keeping what is there. */
export interface SetupRequest {
  /** The sensors of this machine: in a clone one at most, in the containers one each. What is not said has a default. */
  own: Partial<SensorRequest>[]
  /** A sensor on another machine. */
  added?: SensorRequest | undefined
  /** More names and addresses for the broker's certificate. */
  hosts: string[]
}

/** What setup was asked cannot be done as it was said: exit code 2. */
export class UsageError extends Error {}

/** Something stands in the way: exit code 1. */
export class SetupError extends Error {}

/** Users of the broker that are no sensors. */
export const taken: readonly string[] = ['monitor', 'guest']

/** @throws UsageError for what is no sensor: a wrong id or room, an address that is none. */
export function checkSensor({ id, room, probe, broker }: SensorRequest): void {
  if (!isDeviceId(id)) throw new UsageError(`A sensor's id has 1 to 32 of the characters a-z, 0-9 and "-"; ${JSON.stringify(id)} is none.`)
  if (taken.includes(id)) throw new UsageError(`The user ${id} is not a sensor: give the sensor another id.`)
  if (!isName(room))
    throw new UsageError(
      `A room has 1 to 64 characters without "/", "+", "#" and without spaces at its ends; ${JSON.stringify(room)} is none.`,
    )
  if (probe !== undefined && !/^[a-z0-9-]+$/.test(probe)) throw new UsageError(`${JSON.stringify(probe)} is no probe.`)
  if (broker !== undefined && hostOf(broker) === undefined)
    throw new UsageError(`The broker's address looks like mqtts://192.168.1.10:8883; not ${JSON.stringify(broker)}.`)
}

/** @throws UsageError for what is neither a host name nor an address. */
export function readHost(text: string): string {
  const host = toHost(text)
  if (host === undefined) throw new UsageError(`${JSON.stringify(text)} is neither a host name nor an address.`)
  return host
}

/** The host in a broker's address; undefined where the address is none. */
export function hostOf(broker: string): string | undefined {
  if (!/^(mqtts?|wss?):\/\//.test(broker) || !URL.canParse(broker)) return undefined
  return toHost(new URL(broker).hostname.replace(/^\[|\]$/g, ''))
}
