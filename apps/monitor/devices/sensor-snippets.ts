import { readFile } from 'node:fs/promises'
import type { RoomKind } from '@hearthwatch/api/sensor-kinds'
import type { Snippet } from '@hearthwatch/api/sensors'
import type { SensorLogin } from './sensor-logins.ts'

const folder = new URL('../../../examples/', import.meta.url)

/** The values in the example files, which are replaced by those of a sensor. */
const sample = { id: 'kitchen-1', room: 'kitchen', host: '192.168.1.10', port: '1883' }

export interface SnippetRequest {
  kind: RoomKind
  login: SensorLogin
  /** URL of the broker. */
  broker: URL
  /** The authority's certificate, PEM; null if the connection has no TLS. */
  ca: string | null
}

/** True for a room that is written in the files of this kind without an escape. Tasmota has none for `;` and `%`. */
export const isWritable = (kind: RoomKind, room: string): boolean =>
  (kind !== 'tasmota' && kind !== 'esphome') || /^[\p{L}\p{M}\p{N} ._-]+$/u.test(room)

/** The commands and files that set up a sensor, made from the files in `examples/`. */
export async function snippetsOf({ kind, login, broker, ca }: SnippetRequest): Promise<Snippet[]> {
  const { id, room, password, env, status } = login
  const place = { id, room, host: broker.hostname, port: broker.port }
  switch (kind) {
    case 'card':
      return [command(`npm run flash -- --room ${quoted(room)} --id ${id}`)]
    case 'pi': {
      const folder = '/etc/hearthwatch-sensor'
      return [
        command('npm run package:sensor'),
        command(
          [
            'sudo dpkg -i hearthwatch-sensor_*_arm64.deb',
            writing(`sudo tee ${folder}/sensor.env`, env),
            ...(ca === null ? [] : [writing(`sudo tee ${folder}/ca.crt`, ca)]),
            'sudo systemctl restart hearthwatch-sensor',
          ].join('\n'),
        ),
      ]
    }
    case 'esphome': {
      const text = fill(await read('esphome/sensor.yaml'), place)
      const shared = status.startsWith('device/')
      return [
        {
          file: 'sensor.yaml',
          // A function, since `$` has a meaning in a replacement.
          text: text
            .replaceAll('!secret mqtt_password', () => JSON.stringify(password))
            .replaceAll(/home\/\$\{room\}\/sensor\/status/g, (topic) => (shared ? status : topic)),
        },
      ]
    }
    case 'tasmota': {
      const text = fill(await read('tasmota/console.txt'), { ...place, room: room.replaceAll(' ', '#') })
      return [command(text.replace('PASSWORD', password))]
    }
    case 'script': {
      const settings = {
        ROOM: room,
        STATUS_TOPIC: status,
        MQTT_HOST: place.host,
        MQTT_PORT: place.port,
        MQTT_USERNAME: id,
        MQTT_PASSWORD: password,
      }
      const variables = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`)
      return [command(`${variables.join(' \\\n')} \\\n./publish.sh`), { file: 'publish.sh', text: await read('shell/publish.sh') }]
    }
  }
}

const read = (file: string) => readFile(new URL(file, folder), 'utf8')
const command = (text: string): Snippet => ({ file: null, text: text.trimEnd() })

/** Replaces the sample values. The id is longer than the room that it begins with, so it comes first. */
function fill(text: string, place: typeof sample): string {
  const names = ['id', 'room', 'host', 'port'] as const
  const pattern = new RegExp(names.map((name) => sample[name].replaceAll('.', '\\.')).join('|'), 'g')
  return text.replace(pattern, (found) => place[names.find((name) => sample[name] === found) ?? 'id'])
}

/** Quotes a text for a shell: inside single quotes only the single quote is special. */
const quoted = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** A shell command whose input is this text. */
const writing = (program: string, text: string) => `${program} > /dev/null <<'HEARTHWATCH'\n${text.replace(/\n*$/, '\n')}HEARTHWATCH`
