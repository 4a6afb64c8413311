import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { aclOf } from '../../cluster/emqx/acl.ts'
import { emqx } from '../../cluster/emqx/index.ts'
import { smallHouse } from './small-house.ts'
import { assertNoWiderFilters, assertSameAnswers, house } from './table.ts'

/** A line of acl.conf: `{allow, {user, "guest"}, subscribe, ["home/#"]}.` */
const line = /^\{(allow|deny), (?:all|\{user, "(.+)"\})(?:, (publish|subscribe|all), \[(?:<<)?"(.*)"(?:\/utf8>>)?\])?\}\.$/

/**
 * As EMQX decides: the first line that matches. A level of a filter in a subscription is compared as text, and `+` of the
 * list matches any of them.
 */
function decidesBy(text: string): (user: string, action: 'read' | 'write', topic: string) => boolean {
  const rules = text.split('\n').flatMap((row) => {
    if (row === '' || row.startsWith('%%')) return []
    const [, permission, user, action = 'all', topic = '#'] = line.exec(row) ?? assert.fail(`not a line: ${row}`)
    return [{ permission, user, action, filter: topic.replace(/\\(.)/g, '$1') }]
  })
  return (user, action, topic) => {
    const wanted = action === 'read' ? 'subscribe' : 'publish'
    const found = rules.find(
      (rule) =>
        (rule.user ?? user) === user &&
        (rule.action === 'all' || rule.action === wanted) &&
        words(rule.filter.replaceAll(`\${username}`, user), topic),
    )
    return found?.permission === 'allow'
  }
}

function words(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false
  const [wanted, given] = [filter.split('/'), topic.split('/')]
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true
    if (given[i] === undefined || (level !== '+' && level !== given[i])) return false
  }
  return wanted.length === given.length
}

describe('The access list for EMQX', () => {
  it('gives the same answers as the one table', () => assertSameAnswers(decidesBy(aclOf(house))))

  it('refuses subscriptions that would read more', () => {
    const decides = decidesBy(aclOf(house))
    assertNoWiderFilters((user, filter) => decides(user, 'read', filter))
  })

  it('is the golden file for a small house', () => {
    assert.equal(aclOf(smallHouse), readFileSync(new URL('emqx-acl.conf', import.meta.url), 'utf8'))
  })

  it('has beside it the users with salted hashes', async () => {
    const text = (await emqx.files(smallHouse)).find(({ name }) => name === 'users.json')?.text ?? ''
    const users = JSON.parse(text) as { user_id: string; password_hash: string; salt: string }[]
    assert.deepEqual(
      users.map(({ user_id }) => user_id),
      ['guest', 'larder', 'monitor', 'pi-1', 'balancer'],
    )
    for (const { user_id, password_hash, salt } of users.slice(0, -1))
      assert.equal(password_hash, createHash('sha256').update(`${salt}password-of-${user_id}`).digest('hex'))
  })
})
