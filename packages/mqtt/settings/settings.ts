import { isTopicPrefix } from '@hearthwatch/protocol'
import Type, { type Static } from 'typebox'
import { versions } from '../connection/version.ts'
import type { Dialect } from '../link.ts'
import { profiles } from './profiles.ts'

/** How a broker that is not ours is spoken to: the settings that monitor and sensor share, in the order of `.env.example`. */
export const brokerSettings = {
  TOPIC_PREFIX: Type.Optional(
    Type.Refine(
      Type.String({ description: 'the beginning of all topics, such as site-7/, where several houses share a broker' }),
      isTopicPrefix,
    ),
  ),
  MQTT_PROFILE: Type.Enum(['none', ...Object.keys(profiles)] as ('none' | keyof typeof profiles)[], {
    default: 'none',
    description: 'aws: within the limits of AWS IoT Core',
  }),
  MQTT_VERSION: Type.Enum([...versions], {
    default: 'auto',
    description: 'version of MQTT; auto: 5, and 3.1.1 with a broker that refuses 5',
  }),
  MQTT_MAX_QOS: Type.Integer({
    minimum: 1,
    maximum: 2,
    default: 2,
    description: 'highest QoS of the broker; 1 for RabbitMQ, NATS and AWS IoT',
  }),
  MQTT_KEEPALIVE: Type.Integer({
    minimum: 5,
    maximum: 65_535,
    default: 20,
    description: 's; the broker notices a lost connection after one and a half times as long',
  }),
  MQTT_ALPN: Type.Optional(
    Type.String({ maxLength: 255, minLength: 1, description: 'the protocol that TLS asks for, where MQTT shares port 443' }),
  ),
}

const schema = Type.Object(brokerSettings)
export type BrokerSettings = Static<typeof schema>

/** The options of a link by these settings, within the limits of the profile. */
export function linkSettings(given: BrokerSettings & { MQTT_URL?: string | undefined }): Dialect {
  const { TOPIC_PREFIX: prefix, MQTT_VERSION, MQTT_MAX_QOS, MQTT_KEEPALIVE, MQTT_ALPN, MQTT_PROFILE, MQTT_URL = '' } = given
  const plain = { prefix, version: MQTT_VERSION, maxQos: MQTT_MAX_QOS, keepalive: MQTT_KEEPALIVE, alpn: MQTT_ALPN }
  if (MQTT_PROFILE === 'none') return plain
  const { version, maxQos, leastKeepalive, window, rate, leastWait, alpn } = profiles[MQTT_PROFILE]
  return {
    prefix,
    version: MQTT_VERSION === 'auto' ? version : MQTT_VERSION,
    maxQos: Math.min(MQTT_MAX_QOS, maxQos),
    keepalive: Math.max(MQTT_KEEPALIVE, leastKeepalive),
    alpn: MQTT_ALPN ?? (isPort443(MQTT_URL) ? alpn : undefined),
    ...{ window, rate, leastWait },
  }
}

/** Conflicts between these settings, as sentences. */
export function brokerConflicts(
  given: Partial<BrokerSettings> & { MQTT_URL?: string | undefined; MQTT_CERT_FILE?: string | undefined },
): string[] {
  const { MQTT_PROFILE = 'none', MQTT_ALPN, MQTT_URL = '', MQTT_CERT_FILE } = given
  const isSecure = /^(mqtts|wss):/.test(MQTT_URL)
  const problems: string[] = []
  if (MQTT_ALPN !== undefined && !isSecure) problems.push('MQTT_ALPN needs an MQTT_URL that begins with mqtts:// or wss://')
  if (MQTT_PROFILE === 'none' || !profiles[MQTT_PROFILE].needsCertificate) return problems
  if (!MQTT_URL.startsWith('mqtts:')) problems.push(`MQTT_PROFILE=${MQTT_PROFILE} needs an MQTT_URL that begins with mqtts://`)
  if (MQTT_CERT_FILE === undefined) problems.push(`MQTT_PROFILE=${MQTT_PROFILE} needs MQTT_CERT_FILE and MQTT_KEY_FILE`)
  return problems
}

const isPort443 = (url: string) => URL.canParse(url) && new URL(url).port === '443'
