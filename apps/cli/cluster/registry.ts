import type { ClusterBroker } from './broker.ts'
import { rabbitmq } from './rabbitmq/index.ts'

/** The brokers that `setup cluster` knows. */
export const clusterBrokers = { rabbitmq } satisfies Record<string, ClusterBroker>

export type ClusterBrokerName = keyof typeof clusterBrokers

export const clusterBrokerNames = Object.keys(clusterBrokers) as ClusterBrokerName[]
