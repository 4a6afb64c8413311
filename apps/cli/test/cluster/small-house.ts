import { parseAcl } from '@hearthwatch/broker/acl'
import { completeAcl } from '@hearthwatch/broker/edit-acl'
import type { House } from '../../cluster/broker.ts'
import { house } from './table.ts'

/** A house with a login of each sort, for files that are compared with golden ones. */
export const smallHouse: House = {
  ...house,
  acl: parseAcl(
    completeAcl(
      'user monitor\ntopic read #\ntopic readwrite home/#\n\nuser guest\ntopic read home/#\ntopic deny device/guest/#\n\npattern write device/%u/info\npattern read device/%u/ack\n',
      undefined,
      {
        sensors: [{ id: 'pi-1', rooms: ['客廳'] }],
        devices: [{ name: 'larder', lines: ['topic write tele/larder/#'] }],
      },
    ),
  ),
  logins: ['guest', 'larder', 'monitor', 'pi-1'].map((user) => ({ user, password: `password-of-${user}` })),
  prefix: 'site-7/',
}
