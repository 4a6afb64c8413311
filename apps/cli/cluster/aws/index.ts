import { SetupError } from '../../setup-request.ts'
import type { ClusterBroker, ClusterFile, House } from '../broker.ts'
import { commonPolicies, hasCommon, ownPolicies, type Policy } from './policy.ts'
import { thingsScript } from './things-script.ts'

/** The part of a policy's name that its file does not have: an account may have other things. */
const family = 'hearthwatch'

/** AWS IoT Core: certificates in place of passwords, and a policy for each thing. */
export const aws = {
  async files({ acl, logins, prefix }: Pick<House, 'acl' | 'logins' | 'prefix'>) {
    const users = logins.map(({ user }) => user)
    const wrong = users.find((user) => !/^[a-zA-Z0-9:_-]{1,128}$/.test(user))
    if (wrong !== undefined)
      throw new SetupError(`A thing of AWS IoT Core cannot be called ${wrong}: only a-z, A-Z, 0-9, :, _ and - are allowed.`)
    const common = named('every-sensor', commonPolicies(acl, prefix))
    const own = users.map((user) => ({ user, policies: named(user, ownPolicies(acl, user, prefix, user === 'monitor')) }))
    const things = own.map(({ user, policies }) => ({
      name: user,
      policies: [...(hasCommon(acl, user) ? common : []), ...policies].map(({ name }) => name),
    }))
    const file = ({ name, policy }: Named, what: string): ClusterFile => ({
      ...{ name: `${name}.json`, text: `${JSON.stringify(policy, null, 2)}\n`, mode: 0o644, what },
    })
    return [
      ...common.map((one) => file(one, 'rights of every sensor')),
      ...own.flatMap(({ user, policies }) => policies.map((one) => file(one, `rights of ${user}`))),
      { name: 'things.sh', text: thingsScript(things), mode: 0o644, what: 'makes things, certificates and policies by the aws command' },
    ]
  },
  next: {
    en: 'Where the aws command is logged in: sh things.sh. It makes a folder for each thing, with its certificate and settings; copy each to its machine. Limits: docs/scale.md',
    'zh-TW':
      '在 aws 指令已登入的機器上執行：sh things.sh。它會為每個 thing 建立資料夾，內有憑證與設定，請複製到各自的機器。限制：docs/scale.md',
  },
} satisfies ClusterBroker

interface Named {
  name: string
  policy: Policy
}

const named = (name: string, policies: readonly Policy[]): Named[] =>
  policies.map((policy, i) => ({ name: `${family}-${name}${i === 0 ? '' : `-${i + 1}`}`, policy }))
