import { aws } from './aws/index.ts'
import type { ClusterBroker } from './broker.ts'
import { emqx } from './emqx/index.ts'
import { hivemq } from './hivemq/index.ts'
import { rabbitmq } from './rabbitmq/index.ts'

/** The brokers that `setup cluster` knows. */
export const clusterBrokers = { rabbitmq, emqx, hivemq, aws } satisfies Record<string, ClusterBroker>

export type ClusterBrokerName = keyof typeof clusterBrokers

export const clusterBrokerNames = Object.keys(clusterBrokers) as ClusterBrokerName[]
