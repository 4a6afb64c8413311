import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Installation } from '@hearthwatch/api/installation'
import { defaultFollow, type Followed, parseFollow } from '@hearthwatch/foreign'
import { formats, levels } from '@hearthwatch/log'
import { brokerConflicts, brokerSettings } from '@hearthwatch/mqtt'
import { isTimeZone, readSettings } from '@hearthwatch/settings'
import { supervised } from '@hearthwatch/systemd'
import Type, { type Static } from 'typebox'
import { addressProblem } from './backup/remote/address.ts'
import { forwardProblem } from './forward/registry.ts'
import { cronProblem } from './nightly/schedule.ts'
import { type ParsedChannel, parseChannels } from './notify/channels/registry.ts'
import { readAddresses } from './notify/channels/smtp.ts'

const url = (schemes: string, description: string) => Type.String({ pattern: `^(?:${schemes})://.+`, description })
const port = (fallback: number, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description })
const secret = (description: string) => Type.String({ secret: true, description })

/** Every setting of the monitor, in the order of .env.example. */
export const settings = Type.Object({
  MQTT_URL: Type.Optional(url('mqtts?|wss?', 'mqtt://, mqtts://, ws:// or wss:// and the broker; without one the monitor starts its own')),
  MQTT_USERNAME: Type.Optional(Type.String({ description: 'user name at the broker' })),
  MQTT_PASSWORD: Type.Optional(secret('password at the broker')),
  MQTT_CA_FILE: Type.Optional(Type.String({ description: 'PEM file with the authority that signed the broker’s certificate' })),
  MQTT_CERT_FILE: Type.Optional(Type.String({ description: 'PEM file with our own certificate, where the broker asks for one' })),
  MQTT_KEY_FILE: Type.Optional(Type.String({ description: 'PEM file with the key to our own certificate' })),
  MQTT_CLIENT_ID: Type.Optional(Type.String({ description: 'default: the user name, else monitor' })),
  ...brokerSettings,
  LOG_LEVEL: Type.Enum([...levels], { default: 'info', description: 'how much is logged' }),
  LOG_FORMAT: Type.Enum([...formats], {
    default: 'auto',
    description: 'text, json, journal (levels that journald understands); auto: journal under systemd, else text',
  }),
  SUPERVISED: Type.Enum([...supervised], {
    default: 'auto',
    description: 'whether a supervisor starts this program again after it ended; auto: found out (systemd, a container)',
  }),
  UI_LANGUAGE: Type.Enum(['en', 'zh-TW'], { default: 'en', description: 'language of mails and of the page' }),
  TZ: Type.Optional(Type.String({ description: 'time zone of mails and of the day, such as Asia/Taipei; default: the machine’s' })),
  DATABASE_FILE: Type.String({ default: 'data/hearthwatch.db', description: 'the SQLite file' }),
  HTTP_HOST: Type.String({ default: '127.0.0.1', description: 'where the page is served; loopback only without a password or a token' }),
  HTTP_PORT: port(8080, 'port of the page'),
  DASHBOARD_PASSWORD: Type.Optional(secret('password of the page')),
  READER_PASSWORD: Type.Optional(secret('a second password of the page, for those who may read and change nothing')),
  API_TOKEN: Type.Optional(secret('for programs: Authorization: Bearer …')),
  SMTP_URL: Type.Optional(
    Type.String({
      secret: true,
      pattern: '^smtps?://.+',
      description: 'an smtp:// or smtps:// address of the mail server, with user and password',
    }),
  ),
  MAIL_FROM: Type.Optional(Type.String({ pattern: '^[^\\r\\n]*@[^\\r\\n]+$', description: 'a sender’s mail address' })),
  MAIL_TO: Type.Optional(Type.String({ pattern: '^[^\\r\\n]*@[^\\r\\n]+$', description: 'mail addresses, separated by commas' })),
  NOTIFY_URLS: Type.Optional(
    secret('more ways to tell people, a URL each, separated by spaces: ntfy, LINE, Telegram, Discord, Slack, SMS, webhooks'),
  ),
  GROUP_WAIT: Type.Number({ minimum: 0, default: 2, description: 's to gather alerts that come together into one message' }),
  GROUP_INTERVAL: Type.Number({ minimum: 0, default: 60, description: 's between two messages of one kind to one person' }),
  PUBLIC_URL: Type.Optional(url('https?', 'http:// or https:// and the address under which people reach the page, for links in mails')),
  PAGE_NOTICE: Type.Optional(Type.String({ maxLength: 300, description: 'a sentence that the page shows above all else' })),
  TRUST_PROXY: Type.String({
    default: 'loopback',
    description:
      'proxies that may state the address of a visitor: addresses, networks (172.16.0.0/12), loopback or uniquelocal; commas between',
  }),
  PING_URL: Type.Optional(
    Type.String({
      secret: true,
      pattern: '^https?://.+',
      description: 'an http:// or https:// address that is called once a minute while all is well, of a service that says when it is not',
    }),
  ),
  UPDATE_CHECK_URL: Type.Optional(
    Type.String({
      pattern: '^https?://.+',
      description: 'an address that answers with the newest version; asked only when a person presses the button under Settings',
    }),
  ),
  SUMMARY_CRON: Type.String({
    default: '0 8 * * *',
    description: 'a cron expression: when the daily summary is sent, once per local date',
  }),
  RETENTION_DAYS: Type.Number({ minimum: 0, default: 0, description: 'days to keep raw readings; 0 = for ever' }),
  BACKUP_DIR: Type.Optional(
    secret(
      'folder of the nightly backups (default: backups beside the database), or sftp://user@host/path, or s3://KEY:SECRET@host/bucket',
    ),
  ),
  BACKUP_KEEP: Type.Integer({ minimum: 0, default: 7, description: 'number of backups that are kept; 0: none is made at night' }),
  BACKUP_KEY: Type.Optional(Type.String({ pattern: '^age1', description: 'public key of age, age1…, for which backups are encrypted' })),
  BACKUP_HOST_KEY: Type.Optional(
    Type.String({
      pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
      description: 'SHA256:… and the fingerprint of the SFTP server’s key; default: known_hosts',
    }),
  ),
  BACKUP_SSH_KEY: Type.Optional(secret('private key for sftp://; usually as BACKUP_SSH_KEY_FILE')),
  ALERT_ABOVE: Type.Number({ default: 30, description: '°C above which a room is too hot' }),
  FOLLOW: Type.String({
    default: defaultFollow,
    description: 'devices of others that are followed: adapters, with their prefix where it is another (zigbee2mqtt=z2m); none: no device',
  }),
  HA_DISCOVERY: Type.Enum(['on', 'off'], {
    default: 'on',
    description: 'whether our own sensors are announced to Home Assistant; off takes all announcements back',
  }),
  SITE: Type.String({
    default: 'home',
    pattern: '^[^\\r\\n]{1,64}$',
    description: 'the name of this house among those that share a broker or FORWARD_URL',
  }),
  FORWARD_URL: Type.Optional(
    secret('a database of many sites, to which everything stored is copied: postgres://user:password@host/database'),
  ),
  OFFLINE_AFTER: Type.Number({ exclusiveMinimum: 0, default: 90, description: 's without a sign of life after which a sensor is offline' }),
  COMMIT_INTERVAL: Type.Integer({ minimum: 0, default: 250, description: 'ms that a reading waits at most for its commit' }),
  BROKER_HOST: Type.String({ default: '127.0.0.1', description: 'where the embedded broker listens' }),
  BROKER_PORT: port(1883, 'port of the embedded broker'),
  BROKER_TLS_PORT: port(8883, 'port with TLS of the embedded broker, on all addresses, once setup has made a certificate; 0: none'),
  BROKER_CLIENT_CERTIFICATES: Type.Optional(
    Type.Enum(['required'], { description: 'required: the port with TLS asks for a client certificate, whose name is the user name' }),
  ),
})

type Given = Static<typeof settings>

/** The settings, with the TLS files of the broker read and the channels parsed. */
export interface Config extends Omit<Given, 'SMTP_URL' | 'MAIL_FROM' | 'MAIL_TO' | 'NOTIFY_URLS' | 'FOLLOW'> {
  /** The adapters for devices of others, each with its prefix. */
  followed: readonly Followed[]
  clientId: string
  tls: { readonly ca: string | undefined; readonly cert: string | undefined; readonly key: string | undefined }
  /** Decides how commands are called. The package of Debian sets HEARTHWATCH_INSTALLED. */
  installation: Installation
  /** Folder with `passwd` and `acl` for the embedded broker. */
  brokerFiles: string
  channels: readonly ParsedChannel[]
}

/**
 * @param onNote called with each line of `.env` that Docker Compose reads in another way
 * @throws SettingsError naming all that is missing or wrong.
 */
export function readConfig(
  env: Record<string, string | undefined> = process.env,
  files = ['.env'],
  onNote: (note: string) => void = () => {},
): Config {
  let channels: readonly ParsedChannel[] = []
  const { SMTP_URL, MAIL_FROM, MAIL_TO, NOTIFY_URLS, FOLLOW, ...given } = readSettings(
    settings,
    env,
    files,
    (values) => {
      const parsed = parseChannels({ ...values, mailTo: readAddresses(values.MAIL_TO ?? '') ?? [values.MAIL_TO ?? ''] })
      channels = parsed.channels
      return [...conflicts(values), ...parsed.problems]
    },
    onNote,
  )
  const pem = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'))
  return {
    ...given,
    followed: followedBy(FOLLOW),
    clientId: given.MQTT_CLIENT_ID ?? given.MQTT_USERNAME ?? 'monitor',
    // Read with each connection: a renewal replaces the files.
    tls: {
      get ca() {
        return pem(given.MQTT_CA_FILE)
      },
      get cert() {
        return pem(given.MQTT_CERT_FILE)
      },
      get key() {
        return pem(given.MQTT_KEY_FILE)
      },
    },
    installation: env.HEARTHWATCH_INSTALLED === 'yes' ? 'package' : isComposed(given) ? 'compose' : 'clone',
    brokerFiles: 'mosquitto',
    channels,
  }
}

/** True in the container of docker-compose.yml, which sets PUBLIC_URL: it does not know the addresses of its machine. */
export const isComposed = ({ PUBLIC_URL }: { PUBLIC_URL?: string | undefined }) =>
  PUBLIC_URL !== undefined && (existsSync('/.dockerenv') || existsSync('/run/.containerenv'))

/** The adapters of the setting, which `conflicts` has checked. */
function followedBy(setting: string): Followed[] {
  const followed = parseFollow(setting)
  return typeof followed === 'string' ? [] : followed
}

function conflicts(given: Partial<Given>): string[] {
  const problems = brokerConflicts(given)
  const followed = given.FOLLOW === undefined ? [] : parseFollow(given.FOLLOW)
  if (typeof followed === 'string') problems.push(`FOLLOW ${followed}`)
  const forward = given.FORWARD_URL === undefined ? undefined : forwardProblem(given.FORWARD_URL)
  if (forward !== undefined) problems.push(`FORWARD_URL ${forward}`)
  for (const name of ['MQTT_CA_FILE', 'MQTT_CERT_FILE', 'MQTT_KEY_FILE'] as const) {
    const file = given[name]
    try {
      if (file !== undefined) accessSync(file, constants.R_OK)
    } catch (error) {
      problems.push(`${name} cannot be read: ${(error as Error).message}`)
    }
  }
  if (given.MAIL_TO !== undefined && (readAddresses(given.MAIL_TO)?.length ?? 0) === 0)
    problems.push(`MAIL_TO must be mail addresses, separated by commas (it is ${JSON.stringify(given.MAIL_TO)})`)
  if (given.MAIL_FROM !== undefined && readAddresses(given.MAIL_FROM)?.length !== 1)
    problems.push(`MAIL_FROM must be one mail address (it is ${JSON.stringify(given.MAIL_FROM)})`)
  if (given.READER_PASSWORD !== undefined && (given.DASHBOARD_PASSWORD ?? given.READER_PASSWORD) === given.READER_PASSWORD)
    problems.push('READER_PASSWORD needs another DASHBOARD_PASSWORD beside it')
  if (given.TOPIC_PREFIX !== undefined && given.MQTT_URL === undefined)
    problems.push('TOPIC_PREFIX needs MQTT_URL: the embedded broker serves one house')
  if ((given.MQTT_CERT_FILE === undefined) !== (given.MQTT_KEY_FILE === undefined))
    problems.push('MQTT_CERT_FILE and MQTT_KEY_FILE belong together')
  if (given.TZ !== undefined && !isTimeZone(given.TZ))
    problems.push(`TZ is not a time zone (it is ${JSON.stringify(given.TZ)}; an example is Asia/Taipei)`)
  for (const proxy of (given.TRUST_PROXY ?? '').split(',').map((one) => one.trim()))
    if (!isNetwork(proxy))
      problems.push(`TRUST_PROXY must list addresses, networks, loopback or uniquelocal (it has ${JSON.stringify(proxy)})`)
  const address = addressProblem(given.BACKUP_DIR)
  if (address !== undefined) problems.push(`BACKUP_DIR ${address}`)
  const cron = given.SUMMARY_CRON === undefined ? undefined : cronProblem(given.SUMMARY_CRON)
  if (cron !== undefined) problems.push(`SUMMARY_CRON ${cron}`)
  return problems
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits = '0', ...more] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most
}
