import { balancerFiles } from '../balancer.ts'
import type { ClusterBroker } from '../broker.ts'
import { credentialsOf } from './credentials.ts'

/** HiveMQ 4 with its File RBAC Extension. Its free edition has no cluster. */
export const hivemq: ClusterBroker = {
  async files(house) {
    const names = house.logins.map(({ user }) => user).join(', ')
    return [
      { name: 'credentials.xml', text: credentialsOf(house), mode: 0o600, what: `users and rights: ${names}` },
      { name: 'extension-config.xml', text: extension, mode: 0o644, what: 'hashed passwords' },
      ...balancerFiles(house),
    ]
  },
  next: {
    en: 'Copy credentials.xml and extension-config.xml into extensions/hivemq-file-rbac-extension/conf of each node (older versions: without conf). HiveMQ reads credentials.xml again each minute. This file is tested without HiveMQ: try each right.',
    'zh-TW':
      '把 credentials.xml 和 extension-config.xml 複製到每個節點的 extensions/hivemq-file-rbac-extension/conf（舊版本沒有 conf）。HiveMQ 每分鐘重新讀取 credentials.xml。這些檔案沒有在 HiveMQ 上測試過，請逐一確認權限。',
  },
}

const extension = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- Made by setup cluster hivemq. -->
<extension-configuration>
  <credentials-reload-interval>60</credentials-reload-interval>
  <!-- Otherwise old passwords would stay in a folder. -->
  <archiver-enabled>false</archiver-enabled>
  <password-type>HASHED</password-type>
</extension-configuration>
`
