import { parseArgs } from 'node:util'
import { loginKinds } from '@hearthwatch/foreign/logins'
import { type ClusterLine, readClusterArguments } from './cluster/arguments.ts'
import { clusterBrokerNames } from './cluster/registry.ts'
import { type DeviceLine, readDeviceArguments } from './device/arguments.ts'
import { readSensorArguments, type SensorRequestLine } from './sensor/arguments.ts'
import { checkSensor, readHost, type SensorRequest, type SetupRequest, UsageError } from './setup-request.ts'
import type { Program } from './systemd/unit.ts'

export const help = `npm run setup [-- …]

Creates all missing settings, passwords and certificates, and never changes existing ones:
  .env          settings and passwords of the monitor
  .env.sensor   settings and password of a sensor
  .env.guest    the user guest, for other software
  mosquitto/    password file, access list (acl.made) and certificates of the broker
It can be run again at any time; an interrupted run is completed. A committed file is never written.
On a terminal, setup without options asks for room, names, mail server and recipients, and sends a test mail.

  setup [--sensor ID] [--room ROOM] [--probe PROBE]
                          creates everything, with one sensor on this machine (default: this machine's name, living-room)
  setup sensor …          sensors on other machines: add, list, show, rotate, move, remove; setup sensor --help
  setup device …          logins for devices of others: Tasmota, Zigbee2MQTT, Shelly, ESPHome …; setup device --help
  setup show              prints the passwords of the page and of the user guest; --json for programs
  setup show ID           prints the settings of the sensor ID, with its password
  setup show ca           prints the authority's certificate, which a sensor with TLS needs as ca.crt
  setup mosquitto         installs the broker's files into Debian's Mosquitto, as root; again after each change of a sensor
  setup service [monitor|sensor]
                          services of systemd, which start with the machine, as root; --out DIR only writes their units
  setup cluster BROKER    users and rights for a cluster of another broker; setup cluster --help
  setup renew             renews the certificates that end within 30 days, and reloads the broker; the monitor does it each night

  --without-sensor        creates no sensor on this machine
  --host NAME             adds a host name or address to the broker's certificate; can be repeated
  --dir DIR               folder of the installation (default: the current folder)
  --etc DIR               folder of Mosquitto's files (default: /etc/mosquitto)
  --help                  prints this text

In containers (docker-compose.yml): docker compose run --rm setup [sensor add … | device add … | show …]; the service renewal renews`

export const sensorHelp = `npm run setup -- sensor COMMAND

Sensors on other machines: their users, passwords and rights at the broker, also where it runs under Docker Compose.

  sensor add ROOM [--id ID]   makes a user, a password and the rights for the room, and prints one block for the other machine
  sensor list                 lists all sensors
  sensor show ID              prints that block again
  sensor rotate ID            gives it a new password; the old one is void at once
  sensor move ID ROOM         lets it publish in another room instead
  sensor remove ID            takes its user and rights away; the monitor forgets it

  --broker HOST     address at which the sensor reaches the broker: 192.168.1.10, mqtts://hub.home.example:8883
                    (default: an address of this machine). It is added to the broker's certificate.
  --here            the sensor runs on this machine
  --out DIR         writes .env.sensor and ca.crt into this folder, instead of printing them
  --probe PROBE     its driver: auto, w1, iio, hwmon, cpu, simulated
  --probes TEXT     a room for each probe: "w1-28-0316a1b2c3d4=fridge cpu=kitchen"
  --compose         the house runs under Docker Compose (--no-compose: it does not); default: found out
  --dir DIR         folder of the installation (default: the current folder)
  --json            prints the result for programs; passwords are part of it
  --help            prints this text`

export const deviceHelp = `npm run setup -- device COMMAND

Logins at the broker for devices that are no sensors of ours. Each may write its own topics and no others.

  device add NAME --kind KIND   makes a user, a password and the rights, and prints the lines for its console
  device add NAME ROOM --kind script
                                a program of yours that publishes in a room
  device list                   lists all of them
  device show NAME              prints the lines again
  device rotate NAME            gives it a new password; the old one is void at once
  device remove NAME            takes its user and rights away

  --kind KIND       ${loginKinds.join(', ')}
  --topic TOPIC     its topic, prefix or base topic (default: its name; zigbee2mqtt for Zigbee2MQTT)
  --broker HOST     address at which the device reaches the broker: 192.168.1.10, mqtt://hub.home.example:1883
                    (default: an address of this machine)
  --here            the device or program runs on this machine
  --compose         the house runs under Docker Compose (--no-compose: it does not); default: found out
  --dir DIR         folder of the installation (default: the current folder)
  --json            prints the result for programs; passwords are part of it
  --help            prints this text`

export const clusterHelp = `npm run setup -- cluster BROKER

Writes the users of this house and their rights for a cluster of another broker, from the table that makes Mosquitto's access
list. Run it again after each change of a sensor or device, and give the files to the broker. TOPIC_PREFIX of .env is used.

  BROKER            ${clusterBrokerNames.join(', ')}
  --out DIR         folder of the files (default: cluster/made/BROKER); some contain passwords or their hashes
  --host NAME       host name of a node, once for each (default: broker-1, broker-2, broker-3)
  --dir DIR         folder of the installation (default: the current folder)
  --json            prints the result for programs; it has no password
  --help            prints this text`

export type Command =
  | { name: 'help'; text: string }
  /** `isOpen`: no option decides anything, so a person at a terminal is asked. */
  | { name: 'make'; request: SetupRequest; isOpen: boolean }
  | { name: 'show'; what: string | undefined; json: boolean }
  | { name: 'service'; programs: Program[]; out: string | undefined; json: boolean }
  | { name: 'renew'; json: boolean }
  | { name: 'mosquitto'; etc: string | undefined; json: boolean }
  | { name: 'sensor'; line: SensorRequestLine }
  | { name: 'device'; line: DeviceLine }
  | { name: 'cluster'; line: ClusterLine }

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
  const verb = positionals[positionals[0] === 'compose' ? 1 : 0]
  const text = { sensor: sensorHelp, device: deviceHelp, cluster: clusterHelp }[verb ?? ''] ?? help
  if (values.help) return { command: { name: 'help', text }, dir, containers: undefined }
  if (positionals[0] === 'compose') {
    const containers = services(ids, rooms)
    return { command: readCommand(positionals.slice(1), { ...values, sensor: [], room: [] }, []), dir, containers }
  }
  if (ids.length > 1 || rooms.length > 1) throw new UsageError('setup creates one sensor on this machine; use sensor add for more.')
  const own = { id: ids[0], room: rooms[0], probe: values.probe }
  return { command: readCommand(positionals, values, [own]), dir, containers: undefined }
}

type Values = ReturnType<typeof parse>['values']

function readCommand([verb, ...rest]: readonly string[], values: Values, own: SetupRequest['own']): Command {
  const { sensor = [], room = [], probe, host = [], json = false, 'without-sensor': isAlone = false } = values
  const named = sensor.length > 0 || room.length > 0
  if (isAlone && (verb !== undefined || named || probe !== undefined)) throw new UsageError('--without-sensor stands alone.')
  if (verb === 'sensor') {
    if (named) throw new UsageError('sensor takes the id and the room as arguments: sensor add ROOM --id ID.')
    return { name: 'sensor', line: readSensorArguments(rest, values) }
  }
  if (verb === 'device') {
    for (const option of ['id', 'probe', 'probes', 'host', 'out'] as const)
      if (values[option] !== undefined) throw new UsageError(`--${option} is no option of device.`)
    if (named) throw new UsageError('device takes the name as an argument: device add NAME --kind KIND.')
    return { name: 'device', line: readDeviceArguments(rest, values) }
  }
  if (verb === 'cluster') {
    for (const option of ['id', 'probe', 'probes', 'kind', 'topic', 'broker', 'here', 'etc', 'compose', 'no-compose'] as const)
      if (values[option] !== undefined) throw new UsageError(`--${option} is no option of cluster.`)
    if (named) throw new UsageError('cluster takes the broker as an argument: cluster rabbitmq.')
    return { name: 'cluster', line: readClusterArguments(rest, values) }
  }
  for (const option of ['kind', 'topic'] as const)
    if (values[option] !== undefined) throw new UsageError(`--${option} is an option of device add.`)
  for (const option of ['id', 'probes', 'broker', 'here', 'out', 'compose', 'no-compose'] as const)
    if (values[option] !== undefined && !(option === 'out' && verb === 'service'))
      throw new UsageError(`--${option} is an option of sensor add.`)
  const hosts = host.map(readHost)
  switch (verb) {
    case undefined:
      if (json) throw new UsageError('--json is an option of show, service, renew, mosquitto, sensor, device and cluster.')
      // Placeholders pass the check; the defaults are set later.
      for (const { id = 'sensor', room = 'room', probe } of own) checkSensor({ id, room, probe })
      return { name: 'make', request: { own: isAlone ? [] : own, hosts }, isOpen: !named && probe === undefined && hosts.length === 0 }
    case 'add-sensor':
      throw new UsageError('add-sensor is now: setup sensor add ROOM --id ID.')
    case 'show':
      if (rest.length > 1 || named || probe || hosts.length > 0)
        throw new UsageError('show accepts the id of a sensor, "ca", or no argument.')
      return { name: 'show', what: rest[0], json }
    case 'service':
      if (named || probe || hosts.length > 0) throw new UsageError('service accepts monitor, sensor, --out and --json.')
      return { name: verb, programs: rest.map(readProgram), out: values.out, json }
    case 'renew':
    case 'mosquitto':
      if (rest.length > 0 || named || probe || hosts.length > 0) throw new UsageError(`${verb} accepts no other argument.`)
      return verb === 'renew' ? { name: verb, json } : { name: verb, etc: values.etc, json }
    default:
      throw new UsageError(`unknown command: ${verb}`)
  }
}

function readProgram(text: string): Program {
  if (text !== 'monitor' && text !== 'sensor') throw new UsageError(`service accepts monitor and sensor, not ${JSON.stringify(text)}.`)
  return text
}

/** Pairs of `--sensor ID --room ROOM`, one for each service. One with an empty room is not in use. */
function services(ids: readonly string[], rooms: readonly string[]): SensorRequest[] {
  if (ids.length !== rooms.length) throw new UsageError('Each --sensor needs a --room.')
  const sensors = ids.map((id, i) => ({ id, room: rooms[i] as string })).filter(({ room }) => room !== '')
  for (const sensor of sensors) checkSensor(sensor)
  return sensors
}

function parse(args: readonly string[]) {
  const one = { type: 'string' } as const
  const many = { type: 'string', multiple: true } as const
  const flag = { type: 'boolean' } as const
  const help = { type: 'boolean', short: 'h' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ sensor: many, room: many, probe: one, probes: one, broker: one, host: many, dir: one, help },
        ...{ kind: one, topic: one },
        ...{ etc: one, id: one, out: one, here: flag, json: flag, 'without-sensor': flag, compose: flag, 'no-compose': flag },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
