import { parseArgs } from 'node:util'
import { checkSensor, readHost, type SensorRequest, type SetupRequest, UsageError } from './setup-request.ts'

export const help = `npm run setup [-- …]

Makes what a house needs and keeps what is there: the monitor's settings with their passwords (.env), a sensor's
(.env.sensor), the user guest's for other software (.env.guest), and the broker's password file, access list and
certificates (mosquitto/). It can be run again at any time, and finishes what is half done.

  setup [--sensor ID] [--room ROOM] [--probe PROBE]
                          all of it, with one sensor on this machine (default: this machine's name, living-room)
  setup add-sensor ID ROOM [--probe PROBE] [--broker mqtts://HOST:8883]
                          one more sensor: its settings lie in .env.sensor.ID, to be taken to its machine
  setup show              prints the passwords that people need: the page's and the user guest's
  setup show ID           prints the settings of the sensor ID with its password
  setup show ca           prints the authority's certificate, which a sensor with TLS needs as ca.crt

  --host NAME             one more host name or address for the broker's certificate; can be repeated
  --dir DIR               the house's folder (default: this one)
  --help

In containers (docker-compose.yml): docker compose run --rm setup [add-sensor … | show …]`

export type Command = { name: 'help' } | { name: 'make'; request: SetupRequest } | { name: 'show'; what: string | undefined }

/** What setup was asked to do, and for which house. */
export interface Arguments {
  command: Command
  dir: string | undefined
  /** In containers: the sensors that are services there, each with its id and room. */
  containers: SensorRequest[] | undefined
}

/** @throws UsageError for what cannot be meant */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args)
  const { dir, sensor: ids = [], room: rooms = [] } = values
  if (values.help) return { command: { name: 'help' }, dir, containers: undefined }
  if (positionals[0] === 'compose') {
    const containers = services(ids, rooms)
    return { command: readCommand(positionals.slice(1), { ...values, sensor: [], room: [] }, []), dir, containers }
  }
  if (ids.length > 1 || rooms.length > 1) throw new UsageError('This machine has one sensor here; add-sensor makes more.')
  const own = { id: ids[0], room: rooms[0], probe: values.probe }
  return { command: readCommand(positionals, values, [own]), dir, containers: undefined }
}

type Values = ReturnType<typeof parse>['values']

function readCommand([verb, ...rest]: readonly string[], values: Values, own: SetupRequest['own']): Command {
  const { sensor = [], room = [], probe, broker, host = [] } = values
  const named = sensor.length > 0 || room.length > 0
  const hosts = host.map(readHost)
  switch (verb) {
    case undefined:
      if (broker) throw new UsageError('--broker belongs to add-sensor.')
      // What is not said gets a default later; stand-ins keep it from being complained about.
      for (const { id = 'sensor', room = 'room', probe } of own) checkSensor({ id, room, probe })
      return { name: 'make', request: { own, hosts } }
    case 'add-sensor': {
      const [id, room] = rest
      if (id === undefined || room === undefined || rest.length > 2 || named) throw new UsageError('add-sensor takes an id and a room.')
      checkSensor({ id, room, probe, broker })
      return { name: 'make', request: { own: [], added: { id, room, probe, broker }, hosts } }
    }
    case 'show':
      if (rest.length > 1 || named || probe || broker || hosts.length > 0)
        throw new UsageError('show takes the id of a sensor, or ca, or nothing.')
      return { name: 'show', what: rest[0] }
    default:
      throw new UsageError(`There is no command ${verb}.`)
  }
}

/** `--sensor ID --room ROOM`, once for each service. */
function services(ids: readonly string[], rooms: readonly string[]): SensorRequest[] {
  if (ids.length !== rooms.length) throw new UsageError('Each --sensor of compose needs its --room.')
  return ids.map((id, i) => {
    const sensor = { id, room: rooms[i] as string }
    checkSensor(sensor)
    return sensor
  })
}

function parse(args: readonly string[]) {
  const one = { type: 'string' } as const
  const many = { type: 'string', multiple: true } as const
  const help = { type: 'boolean', short: 'h' } as const
  try {
    return parseArgs({
      args: [...args],
      options: { sensor: many, room: many, probe: one, broker: one, host: many, dir: one, help },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
