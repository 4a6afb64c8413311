import type { Log } from '@hearthwatch/log'
import { connect, type Link, linkSettings } from '@hearthwatch/mqtt'
import type { SensorConfig } from './config.ts'
import type { Control } from './control/control.ts'
import type { Trust } from './control/trust.ts'
import type { Alerts } from './live/alerts.ts'
import type { Live } from './live/live.ts'
import type { OutboxSync } from './outbox/sync.ts'
import type { Presence } from './presence/presence.ts'

/** The parts of the sensor that publish or receive messages. */
export interface Parts {
  presence: Presence
  control: Control
  sync: OutboxSync
  live: Live
  alerts: Alerts
  publishHeartbeat(): Promise<void>
  /** Shows on the board whether there is a connection. */
  showState(): void
}

/** Connects to the broker, hands the received messages to the parts, and has each part publish what waited for the connection. */
export function connectSensor(
  config: SensorConfig,
  trust: Pick<Trust, 'ca' | 'cert' | 'key'>,
  parts: Parts,
  onStuck: (() => void) | undefined,
  log: Log,
): Link {
  const { presence, control, sync, live, alerts, publishHeartbeat, showState } = parts
  return connect({
    url: config.MQTT_URL,
    clientId: config.MQTT_CLIENT_ID,
    username: config.MQTT_USERNAME,
    password: config.MQTT_PASSWORD,
    get ca() {
      return trust.ca
    },
    get cert() {
      return trust.cert
    },
    key: trust.key,
    ...linkSettings(config),
    clean: true,
    will: presence.will,
    log,
    async onConnect(link) {
      // Subscribed before `online` is published, because a command may follow it at once.
      await link.subscribe({ ...control.filters, ...sync.filters })
      await presence.announce(link)
    },
    onMessage(packet) {
      presence.onMessage(packet)
      control.onMessage(packet)
      sync.onMessage(packet)
      return undefined
    },
    onState(state) {
      showState()
      if (state !== 'connected') return sync.disconnected()
      live.republish()
      alerts.publishWaiting()
      presence.update()
      control.publishWaiting()
      sync.connected()
      void publishHeartbeat()
    },
    onStuck,
  })
}
