/** The kinds of logins at the broker: devices of others, and programs that publish for several. */
export const loginKinds = [
  'tasmota',
  'esphome',
  'shelly',
  'shelly-gen1',
  'zigbee2mqtt',
  'ruuvi',
  'rtl_433',
  'homeassistant',
  'script',
] as const
export type LoginKind = (typeof loginKinds)[number]

/** A login with its address of the broker. */
export interface DeviceLogin {
  /** Its user at the broker. */
  name: string
  kind: LoginKind
  /** Its topic, prefix or base topic; the room of a script. */
  topic: string
  host: string
  port: number
  /** True for mqtts:// */
  tls: boolean
  password: string
}

/** Lines for a console or a terminal, or a part of a file. */
export interface ConsoleText {
  /** The name of the file; null: commands. */
  file: string | null
  text: string
}

interface Kind {
  /** The topic without a choice; null: the person names a room. */
  topic(name: string): string | null
  /** The topics below which it alone publishes; null: several logins share them. */
  space(topic: string): string | null
  /** True if its topic may have several levels. */
  hasLevels?: boolean
  /** Lines of an access list: the topics of this login and no others. */
  rights(topic: string, name: string): string[]
  /** The entry of FOLLOW that this login needs; null: the default has it. */
  follow?(topic: string): string | null
  /** True if it can check our authority for a connection with TLS. */
  hasTls?: boolean
  /** The values in the words of its console or its file. */
  texts(login: DeviceLogin): ConsoleText[]
}

const discovery = 'homeassistant'
const command = (text: string): ConsoleText => ({ file: null, text })
const url = ({ host, port, tls }: DeviceLogin) => `${tls ? 'mqtts' : 'mqtt'}://${host}:${port}`

/** The topics, rights and console lines of each kind. */
export const kinds: Readonly<Record<LoginKind, Kind>> = {
  tasmota: {
    topic: (name) => name,
    space: (topic) => `tele/${topic}`,
    rights: (topic) => [
      `topic write tele/${topic}/#`,
      `topic write stat/${topic}/#`,
      `topic read cmnd/${topic}/#`,
      'topic write tasmota/discovery/+/config',
      'topic write tasmota/discovery/+/sensors',
    ],
    texts: ({ host, port, name, password, topic }) => [
      command(
        `Backlog MqttHost ${host}; MqttPort ${port}; MqttUser ${name}; MqttPassword ${password}; Topic ${topic}; SetOption19 0; TelePeriod 60`,
      ),
    ],
  },
  esphome: {
    topic: (name) => name,
    space: (topic) => topic,
    rights: (topic, name) => [
      `topic readwrite ${topic}/#`,
      `topic write ${discovery}/+/${name}/+/config`,
      `topic write esphome/discover/${name}`,
    ],
    texts: ({ host, port, name, password, topic }) => [
      {
        file: `${name}.yaml`,
        text: `esphome:
  name: ${name}
mqtt:
  broker: ${host}
  port: ${port}
  username: ${name}
  password: ${password}
  topic_prefix: ${topic}`,
      },
    ],
  },
  shelly: {
    topic: (name) => name,
    space: (topic) => topic,
    hasLevels: true,
    rights: (topic) => [`topic readwrite ${topic}/#`],
    follow: (topic) => (topic.includes('/') ? `shelly=${topic}` : null),
    texts: ({ host, port, name, password, topic }) => {
      const config = { enable: true, server: `${host}:${port}`, user: name, pass: password, topic_prefix: topic, rpc_ntf: true }
      return [
        command(`curl -X POST -d '${JSON.stringify({ config })}' http://SHELLY/rpc/MQTT.SetConfig\ncurl http://SHELLY/rpc/Shelly.Reboot`),
      ]
    },
  },
  'shelly-gen1': {
    topic: (name) => name,
    space: (topic) => `shellies/${topic}`,
    rights: (topic) => [`topic readwrite shellies/${topic}/#`, 'topic write shellies/announce', 'topic read shellies/command'],
    texts: ({ host, port, name, password, topic }) => [
      command(
        `curl 'http://SHELLY/settings?mqtt_enable=true&mqtt_server=${host}:${port}&mqtt_user=${name}&mqtt_pass=${password}&mqtt_id=${topic}'\ncurl http://SHELLY/reboot`,
      ),
    ],
  },
  zigbee2mqtt: {
    topic: () => 'zigbee2mqtt',
    space: (topic) => topic,
    hasLevels: true,
    rights: (topic) => [
      `topic readwrite ${topic}/#`,
      // Its devices are below a level of their own; announcements of ours are not.
      `topic readwrite ${discovery}/+/+/+/config`,
      `topic read ${discovery}/status`,
    ],
    follow: (topic) => (topic === 'zigbee2mqtt' ? null : `zigbee2mqtt=${topic}`),
    hasTls: true,
    texts: (login) => [
      {
        file: 'configuration.yaml',
        text: `mqtt:
  base_topic: ${login.topic}
  server: ${url(login)}
  user: ${login.name}
  password: ${login.password}${login.tls ? '\n  ca: /app/data/ca.crt' : ''}
availability:
  enabled: true
advanced:
  last_seen: ISO_8601`,
      },
    ],
  },
  ruuvi: {
    topic: () => 'ruuvi',
    space: () => null,
    rights: (topic) => [`topic write ${topic}/#`],
    texts: ({ host, port, name, password }) => [
      command(`Server       ${host}\nPort         ${port}\nUsername     ${name}\nPassword     ${password}`),
    ],
  },
  rtl_433: {
    topic: () => 'rtl_433',
    space: () => null,
    rights: (topic) => [`topic write ${topic}/#`],
    follow: () => 'rtl_433',
    texts: ({ host, port, name, password }) => [
      command(`rtl_433 -F "mqtt://${host}:${port},user=${name},pass=${password},retain=0,events=rtl_433/[hostname]/events" -M time:utc:tz`),
    ],
  },
  homeassistant: {
    topic: () => discovery,
    space: () => null,
    rights: (topic) => ['topic read home/#', 'topic read monitor/#', 'topic read device/+/status', `topic readwrite ${topic}/#`],
    hasTls: true,
    texts: ({ host, port, name, password }) => [
      command(`Broker      ${host}\nPort        ${port}\nUsername    ${name}\nPassword    ${password}`),
    ],
  },
  script: {
    topic: () => null,
    space: () => null,
    rights: (room) => [`topic write home/${room}/+`, `topic readwrite home/${room}/sensor/status`],
    hasTls: true,
    texts: ({ host, port, name, password, topic, tls }) => {
      const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
      const authority = tls ? ' --cafile ca.crt' : ''
      return [
        command(
          `mosquitto_pub -h ${host} -p ${port}${authority} -u ${name} -P ${password} -t ${quoted(`home/${topic}/temperature`)} -m 21.5`,
        ),
      ]
    },
  },
}
