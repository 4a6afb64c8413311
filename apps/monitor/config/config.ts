import { existsSync, readFileSync } from 'node:fs'
import type { Installation } from '@hearthwatch/api/installation'
import { type Followed, parseFollow } from '@hearthwatch/foreign'
import { readSettings } from '@hearthwatch/settings'
import { type ParsedChannel, parseChannels } from '../notify/channels/registry.ts'
import { readAddresses } from '../notify/channels/smtp.ts'
import { conflicts } from './conflicts.ts'
import { type Given, settings } from './settings.ts'

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
