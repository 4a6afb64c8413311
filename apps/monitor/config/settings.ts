import { defaultFollow } from '@hearthwatch/foreign'
import { formats, levels } from '@hearthwatch/log'
import { brokerSettings } from '@hearthwatch/mqtt'
import { supervised } from '@hearthwatch/systemd'
import Type, { type Static } from 'typebox'

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

export type Given = Static<typeof settings>
