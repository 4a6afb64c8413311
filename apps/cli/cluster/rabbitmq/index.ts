import { balancerFiles, healthLogin } from '../balancer.ts'
import type { ClusterBroker } from '../broker.ts'
import { advancedConfiguration, configuration, enabledPlugins, environment, rejoin } from './configuration.ts'
import { definitionsOf } from './definitions.ts'
import { userList } from './user-list.ts'

/** Three nodes of RabbitMQ 3.10 with its MQTT plugin. */
export const rabbitmq: ClusterBroker = {
  async files(house) {
    const { nodes, logins, secret } = house
    const definitions = definitionsOf(house, healthLogin(house))
    return [
      {
        ...{ name: 'definitions.json', mode: 0o600, text: `${JSON.stringify(definitions, null, 2)}\n` },
        what: `users and rights: ${logins.map(({ user }) => user).join(', ')}`,
      },
      { name: 'users', text: userList(definitions), mode: 0o644, what: 'all users, each with a digest of its password and rights' },
      { name: 'rabbitmq.conf', text: configuration(nodes), mode: 0o644, what: `the nodes ${nodes.join(', ')}` },
      { name: 'advanced.config', text: advancedConfiguration, mode: 0o644, what: 'sessions on several nodes' },
      { name: 'rabbitmq-env.conf', text: environment, mode: 0o644, what: 'runs rejoin.erl' },
      { name: 'rejoin.erl', text: rejoin(nodes), mode: 0o644, what: 'a node that was frozen starts again' },
      { name: 'enabled_plugins', text: enabledPlugins, mode: 0o644, what: 'MQTT' },
      { name: 'erlang.cookie', text: secret('erlang'), mode: 0o600, what: 'the secret that the nodes share' },
      ...balancerFiles(house),
    ]
  },
  next: {
    en: 'Copy the files to each node, into /etc/rabbitmq; erlang.cookie becomes /var/lib/rabbitmq/.erlang.cookie. Or start cluster/ with Docker: docs/scale.md',
    'zh-TW':
      '把檔案複製到每個節點的 /etc/rabbitmq，erlang.cookie 則放到 /var/lib/rabbitmq/.erlang.cookie。也可以用 Docker 啟動 cluster/：docs/scale.md',
  },
}
