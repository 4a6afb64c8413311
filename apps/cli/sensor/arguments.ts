import { isDeviceId, isName } from '@hearthwatch/protocol'
import { brokerUrl, isLoopback } from '../broker/address.ts'
import { checkSensor, readHost, UsageError } from '../setup-request.ts'

/** The options of `setup sensor …`. */
export interface SensorOptions {
  probe?: string | undefined
  probes?: string | undefined
  /** URL of the broker. */
  broker?: string | undefined
  /** The sensor runs on this machine, so a loopback address is right. */
  here: boolean
  /** Folder for the files of the other machine. */
  out?: string | undefined
  hosts: string[]
  json: boolean
  help: boolean
  dir?: string | undefined
  /** Docker Compose: true or false if the command line says so. */
  compose?: boolean | undefined
}

export type SensorVerb = 'add' | 'list' | 'show' | 'rotate' | 'move' | 'remove'

export interface SensorRequestLine {
  verb: SensorVerb
  /** The id of a sensor; undefined for `list`, and for `add` without `--id`. */
  id?: string | undefined
  /** The room; undefined only for `add` at a terminal, which asks. */
  room?: string | undefined
  options: SensorOptions
}

/** The values of the command line that `setup sensor` reads. */
export interface SensorValues {
  id?: string | undefined
  probe?: string | undefined
  probes?: string | undefined
  broker?: string | undefined
  out?: string | undefined
  dir?: string | undefined
  host?: string[] | undefined
  here?: boolean | undefined
  json?: boolean | undefined
  help?: boolean | undefined
  compose?: boolean | undefined
  'no-compose'?: boolean | undefined
}

/** Reads what follows `setup sensor`. @throws UsageError */
export function readSensorArguments([verb = '', ...rest]: readonly string[], values: SensorValues): SensorRequestLine {
  const { probe, probes, broker: given, out, dir, here = false, json = false, help = false } = values
  const broker = given === undefined ? undefined : brokerUrl(given)
  const compose = values.compose ? true : values['no-compose'] ? false : undefined
  const line = { options: { probe, probes, broker, here, out, hosts: (values.host ?? []).map(readHost), json, help, dir, compose } }
  if (help) return { verb: 'list', ...line }
  if (broker !== undefined && isLoopback(broker) && !here)
    throw new UsageError(
      `${given} leads each machine to itself. Give the address at which the sensor's machine reaches the broker, or --here for a sensor on this machine.`,
    )
  const count = { add: 1, list: 0, show: 1, rotate: 1, move: 2, remove: 1 }[verb]
  if (count === undefined) throw new UsageError(verb === '' ? 'sensor needs a command.' : `unknown command: sensor ${verb}`)
  const most = verb === 'add' ? 1 : count
  if (rest.length > most || (rest.length < count && verb !== 'add')) throw new UsageError(usage[verb as SensorVerb])
  const allowed: Record<string, readonly string[]> = {
    add: ['id', 'probe', 'probes', 'broker', 'here', 'out', 'host'],
    show: ['out'],
    rotate: ['out'],
  }
  for (const name of ['id', 'probe', 'probes', 'broker', 'here', 'out', 'host'] as const)
    if (values[name] !== undefined && !allowed[verb]?.includes(name)) throw new UsageError(`--${name} is no option of sensor ${verb}.`)
  if (verb === 'add') {
    checkSensor({ id: values.id ?? 'sensor', room: rest[0] ?? 'room', probe, probes, broker })
    return { verb, id: values.id, room: rest[0], ...line }
  }
  if (rest[0] !== undefined && !isDeviceId(rest[0])) throw new UsageError(`${JSON.stringify(rest[0])} is not the id of a sensor.`)
  if (rest[1] !== undefined && !isName(rest[1])) checkSensor({ id: 'sensor', room: rest[1] })
  return { verb: verb as SensorVerb, id: rest[0], room: rest[1], ...line }
}

const usage: Readonly<Record<SensorVerb, string>> = {
  add: 'sensor add needs one room; a room of several words stands in quotes.',
  list: 'sensor list has no arguments.',
  show: 'sensor show needs the id of one sensor.',
  rotate: 'sensor rotate needs the id of one sensor.',
  move: 'sensor move needs the id of a sensor and its new room.',
  remove: 'sensor remove needs the id of one sensor.',
}
