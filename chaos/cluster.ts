import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAcl } from '@hearthwatch/broker/acl'
import { startBrokerCluster } from '@hearthwatch/testhouse/brokers/broker-cluster'
import { rabbitmq } from '../apps/cli/cluster/rabbitmq/index.ts'

/**
 * Starts three nodes of RabbitMQ and their balancer, with the files that setup writes for these users.
 * @param folder contains `mosquitto/acl`
 */
export async function createCluster(folder: string, passwords: ReadonlyMap<string, string>) {
  const logins = [...passwords].map(([user, password]) => ({ user, password }))
  const acl = parseAcl(readFileSync(join(folder, 'mosquitto', 'acl'), 'utf8'))
  const files = await rabbitmq.files({
    ...{ acl, logins, prefix: '', certificate: null, clients: null },
    nodes: ['broker-1', 'broker-2', 'broker-3'],
    secret: (purpose) => `chaos-${purpose}`,
  })
  const texts = Object.fromEntries(files.map(({ name, text }) => [name, text]))
  return startBrokerCluster(texts, { username: 'guest', password: passwords.get('guest') ?? '' })
}
