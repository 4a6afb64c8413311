import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type Acl, allowed, parseAcl } from '@hearthwatch/broker/acl'
import { completeAcl } from '@hearthwatch/broker/edit-acl'
import { loginKinds, rightsOf, topicOf } from '@hearthwatch/foreign/logins'
import { isFilter } from '@hearthwatch/protocol'
import type { House } from '../../cluster/broker.ts'

const committed = readFileSync(new URL('../../../../mosquitto/acl', import.meta.url), 'utf8')

/** The access list of a house with sensors, one of them in two rooms, and a login of each kind of device. */
export const acl: Acl = parseAcl(
  completeAcl(committed, undefined, {
    sensors: [
      { id: 'pi-1', rooms: ['kitchen', 'fridge'] },
      { id: 'pi-2', rooms: ['客廳'] },
      { id: 'pi-3', rooms: ['room (north) [1]'] },
    ],
    devices: loginKinds.map((kind) => {
      const name = kind === 'rtl_433' ? 'rtl433' : kind
      return { name, lines: rightsOf({ kind, name, topic: topicOf(kind, name) ?? 'attic' }) }
    }),
  }),
)

/** A house with all logins of that list. */
export const house: House = {
  acl,
  logins: [...acl.users.keys()].sort().map((user) => ({ user, password: `password-of-${user}` })),
  prefix: '',
  nodes: ['broker-1', 'broker-2', 'broker-3'],
  certificate: 'certificate and key\n',
  clients: null,
  secret: (purpose) => `secret-for-${purpose}`,
}

/** Topics at, beside, above and below each filter of the list. */
const topics = [...new Set([...acl.users.values(), acl.patterns].flat().flatMap(({ filter }) => around(filter)))]

function around(filter: string): string[] {
  const users = ['pi-1', 'guest', 'monitor', 'tasmota']
  const named = users.map((user) => filter.replaceAll('%u', user))
  const filled = named.flatMap((text) => ['attic', 'guest', 'pi-1', ''].map((level) => text.replaceAll('+', level)))
  return filled
    .flatMap((text) => [
      text.replace(/\/?#$/, '/deep/deeper'),
      text.replace(/\/?#$/, ''),
      `${text.replace('#', 'x')}/more`,
      `$SYS/${text.replace('#', 'x')}`,
      `${text.replace('#', 'x')}x`,
    ])
    .filter((topic) => topic !== '' && !topic.includes('#'))
}

/**
 * Asks the file of a broker about each user, action and topic, and compares its answer with that of the one table.
 * @param decides the semantics of that broker's file
 */
export function assertSameAnswers(decides: (user: string, action: 'read' | 'write', topic: string, expected: boolean) => boolean): void {
  const different: string[] = []
  let allowances = 0
  for (const { user } of house.logins)
    for (const action of ['read', 'write'] as const)
      for (const topic of topics) {
        const expected = allowed(acl, { username: user, clientId: user, action, topic })
        if (expected) allowances += 1
        // The only publisher is the monitor: see rights.ts.
        if (action === 'read' && topic === `device/${user}/status`) continue
        if (decides(user, action, topic, expected) !== expected) different.push(`${user} ${action} ${topic}: ${expected} by the table`)
      }
  assert.ok(topics.length > 400 && allowances > 1000, `${topics.length} topics, ${allowances} allowances`)
  assert.deepEqual(different, [])
}

/** Subscriptions that read more than they may. A broker that checks filters must refuse each. */
export function assertNoWiderFilters(decides: (user: string, filter: string) => boolean): void {
  const wide = ['#', '+/#', 'home/kitchen/#', 'device/#', 'device/+/#', 'device/+/readings', 'device/+/+', '$SYS/#', '+/+/+']
  for (const filter of wide) assert.ok(isFilter(filter) && !decides('pi-1', filter), `pi-1 may not subscribe to ${filter}`)
  for (const filter of ['#', 'device/#', 'device/+/#', 'device/+/readings', '+/+/+'])
    assert.ok(!decides('guest', filter), `guest may not subscribe to ${filter}`)
  for (const filter of ['home/+/+', 'home/+/sensor/#', 'device/+/readings', 'monitor/status', 'homeassistant/#', '#'])
    assert.ok(decides('monitor', filter), `the monitor may subscribe to ${filter}`)
}
