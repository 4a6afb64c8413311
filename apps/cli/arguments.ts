import { parseArgs } from 'node:util'
import { checkSensor, readHost, type SensorRequest, type SetupRequest, UsageError } from './setup-request.ts'

export const help = `npm run setup [-- …]

Creates all missing settings, passwords and certificates, and never changes existing ones:
  .env          settings and passwords of the monitor
  .env.sensor   settings and password of a sensor
  .env.guest    the user guest, for other software
  mosquitto/    password file, access list and certificates of the broker
It can be run again at any time; an interrupted run is completed.

  setup [--sensor ID] [--room ROOM] [--probe PROBE]
                          creates everything, with one sensor on this machine (default: this machine's name, living-room)
  setup add-sensor ID ROOM [--probe PROBE] [--broker mqtts://HOST:8883]
                          adds a sensor; copy its settings from .env.sensor.ID to its machine
  setup show              prints the passwords of the page and of the user guest
  setup show ID           prints the settings of the sensor ID, with its password
  setup show ca           prints the authority's certificate, which a sensor with TLS needs as ca.crt

  --host NAME             adds a host name or address to the broker's certificate; can be repeated
  --dir DIR               folder of the installation (default: the current folder)
  --help                  prints this text

In containers (docker-compose.yml): docker compose run --rm setup [add-sensor … | show …]`

export type Command = { name: 'help' } | { name: 'make'; request: SetupRequest } | { name: 'show'; what: string | undefined }

/** The command line of setup. */
export interface Arguments {
  command: Command
  /** Folder of the installation. */
  dir: string | undefined
  /** In containers: the sensors that run as services. */
  containers: SensorRequest[] | undefined
}

/** @throws UsageError for an invalid command line */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args)
  const { dir, sensor: ids = [], room: rooms = [] } = values
  if (values.help) return { command: { name: 'help' }, dir, containers: undefined }
  if (positionals[0] === 'compose') {
    const containers = services(ids, rooms)
    return { command: readCommand(positionals.slice(1), { ...values, sensor: [], room: [] }, []), dir, containers }
  }
  if (ids.length > 1 || rooms.length > 1) throw new UsageError('setup creates one sensor on this machine; use add-sensor for more.')
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
      if (broker) throw new UsageError('--broker is an option of add-sensor.')
      // Placeholders pass the check; the defaults are set later.
      for (const { id = 'sensor', room = 'room', probe } of own) checkSensor({ id, room, probe })
      return { name: 'make', request: { own, hosts } }
    case 'add-sensor': {
      const [id, room] = rest
      if (id === undefined || room === undefined || rest.length > 2 || named) throw new UsageError('add-sensor needs an id and a room.')
      checkSensor({ id, room, probe, broker })
      return { name: 'make', request: { own: [], added: { id, room, probe, broker }, hosts } }
    }
    case 'show':
      if (rest.length > 1 || named || probe || broker || hosts.length > 0)
        throw new UsageError('show accepts the id of a sensor, "ca", or no argument.')
      return { name: 'show', what: rest[0] }
    default:
      throw new UsageError(`unknown command: ${verb}`)
  }
}

/** Pairs of `--sensor ID --room ROOM`, one for each service. */
function services(ids: readonly string[], rooms: readonly string[]): SensorRequest[] {
  if (ids.length !== rooms.length) throw new UsageError('Each --sensor needs a --room.')
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
