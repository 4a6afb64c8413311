import { filterOf } from '@hearthwatch/protocol'

/**
 * The monitor's subscriptions. QoS 1 for messages that a sensor cannot send again; QoS 0 for the rest, so that the broker
 * queues less. `info` comes first: a topic's owner is known before the topic's retained value arrives.
 */
export const subscriptions = {
  [filterOf('info')]: 0,
  [filterOf('heartbeat')]: 0,
  [filterOf('readings')]: 0,
  [filterOf('monitorStatus')]: 1,
  [filterOf('sharedHeartbeat')]: 1,
  [filterOf('deviceStatus')]: 1,
  [filterOf('response')]: 1,
  'home/+/sensor/#': 1,
  [filterOf('reading')]: 1,
} as const
