import { second } from '@hearthwatch/protocol/durations'
import type { Dialect } from '../link.ts'

/** The limits of a service, which it does not announce, or not in time. A setting can be stricter, never looser. */
interface Profile {
  /** Default of `MQTT_VERSION`. */
  version: Dialect['version']
  maxQos: number
  /** s */
  leastKeepalive: number
  window: number
  /** Published messages a second of one connection. */
  rate: number
  /** ms between two CONNECTs of one client id */
  leastWait: number
  /** ALPN on port 443. */
  alpn: string
  needsCertificate: boolean
}

/** Values of `MQTT_PROFILE` beside `none`. */
export const profiles = {
  /** https://docs.aws.amazon.com/general/latest/gr/iot-core.html: 100 messages a second both ways. With its burst the rate leaves half of them to receive. */
  aws: {
    version: '5',
    maxQos: 1,
    leastKeepalive: 30,
    window: 100,
    rate: 40,
    leastWait: second,
    alpn: 'x-amzn-mqtt-ca',
    needsCertificate: true,
  },
} as const satisfies Record<string, Profile>

export type ProfileName = keyof typeof profiles
