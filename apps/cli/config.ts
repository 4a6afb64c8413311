import { type ClusterBrokerName, clusterBrokerNames } from './cluster/registry.ts'
import type { Chosen } from './installation/containers.ts'
import { UsageError } from './setup-request.ts'

/** True in the package of Debian, whose command sets this variable. */
export const isInstalled = (env: Record<string, string | undefined> = process.env): boolean => env.HEARTHWATCH_INSTALLED === 'yes'

/** Reads the owner's settings from the environment, to which Compose adds those of `.env`. An empty one counts as not set. */
export function readChosen(env: Record<string, string | undefined> = process.env): Chosen {
  const { MQTT_PASSWORD, DASHBOARD_PASSWORD, HTTP_PORT, BROKER_CLIENT_CERTIFICATES } = env
  return {
    MQTT_PASSWORD: MQTT_PASSWORD || undefined,
    DASHBOARD_PASSWORD: DASHBOARD_PASSWORD || undefined,
    HTTP_PORT: HTTP_PORT || undefined,
    BROKER_CLIENT_CERTIFICATES: BROKER_CLIENT_CERTIFICATES || undefined,
  }
}

/** The settings that decide how a device of others reaches the broker and is followed, from the environment. */
export function readFollowed(env: Record<string, string | undefined> = process.env): Record<string, string> {
  const names = ['FOLLOW', 'BROKER_PLAIN_BIND', 'BROKER_PORT'] as const
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

/** TOPIC_PREFIX of the monitor, to which Compose adds that of `.env`; undefined: none. */
export const readTopicPrefix = (env: Record<string, string | undefined> = process.env): string | undefined => env.TOPIC_PREFIX || undefined

/** CLUSTER of `cluster/docker-compose.yml`: the brokers that take the place of Mosquitto; undefined: none. @throws UsageError */
export function readCluster({ CLUSTER }: Record<string, string | undefined> = process.env): ClusterBrokerName | undefined {
  const broker = clusterBrokerNames.find((name) => name === CLUSTER)
  if (CLUSTER && broker === undefined) throw new UsageError(`CLUSTER must be one of ${clusterBrokerNames.join(', ')}.`)
  return broker
}
