import { createHash } from 'node:crypto'
import { balancerFiles, healthLogin } from '../balancer.ts'
import type { ClusterBroker, Login } from '../broker.ts'
import { saltOf } from '../salt.ts'
import { aclOf } from './acl.ts'

/** EMQX 5.7 or later: users of its built-in database, and rights in a file. */
export const emqx: ClusterBroker = {
  async files(house) {
    const { logins, nodes } = house
    const users = [...logins, healthLogin(house)].map(userOf)
    const names = logins.map(({ user }) => user).join(', ')
    return [
      { name: 'acl.conf', text: aclOf(house), mode: 0o644, what: `rights: ${names}` },
      { name: 'users.json', text: `${JSON.stringify(users, null, 2)}\n`, mode: 0o600, what: 'users of the built-in database' },
      { name: 'hearthwatch.conf', text: configuration(nodes), mode: 0o644, what: `lines for emqx.conf, for the nodes ${nodes.join(', ')}` },
      ...balancerFiles(house),
    ]
  },
  next: {
    en: 'Copy acl.conf and users.json into the folder etc of each node, and the lines of hearthwatch.conf to the end of emqx.conf. EMQX reads users.json only into an empty database: after a change, import it on its dashboard. This file is tested without EMQX: try each right.',
    'zh-TW':
      '把 acl.conf 和 users.json 複製到每個節點的 etc 資料夾，並把 hearthwatch.conf 的內容加到 emqx.conf 的最後。EMQX 只在資料庫是空的時候讀取 users.json；之後有變更時，請在它的 Dashboard 匯入。這些檔案沒有在 EMQX 上測試過，請逐一確認權限。',
  },
}

function userOf(login: Login): object {
  const salt = saltOf(login, 16).toString('hex')
  return {
    user_id: login.user,
    password_hash: createHash('sha256').update(`${salt}${login.password}`).digest('hex'),
    salt,
    is_superuser: false,
  }
}

const configuration = (nodes: readonly string[]): string => `# Made by setup cluster emqx. Lines for the end of emqx.conf.
cluster {
  discovery_strategy = static
  static { seeds = [${nodes.map((node) => `"emqx@${node}"`).join(', ')}] }
}

authentication = [
  {
    mechanism = password_based
    backend = built_in_database
    user_id_type = username
    password_hash_algorithm { name = sha256, salt_position = prefix }
    bootstrap_file = "\${EMQX_ETC_DIR}/users.json"
    bootstrap_type = hash
  }
]

authorization {
  no_match = deny
  deny_action = ignore
  sources = [{ type = file, enable = true, path = "\${EMQX_ETC_DIR}/acl.conf" }]
}

mqtt {
  # Otherwise a sensor with a valid password could call itself "monitor", and take its place.
  use_username_as_clientid = true
  # As in mosquitto/mosquitto.conf.
  session_expiry_interval = 7d
  max_mqueue_len = 100000
  max_inflight = 1000
  max_packet_size = 256KB
}
`
