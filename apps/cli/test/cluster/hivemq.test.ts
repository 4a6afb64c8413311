import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { matches } from '@hearthwatch/protocol'
import { covers } from '../../cluster/filters.ts'
import { credentialsOf } from '../../cluster/hivemq/credentials.ts'
import { smallHouse } from './small-house.ts'
import { assertNoWiderFilters, assertSameAnswers, house } from './table.ts'

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
const allIn = (text: string, tag: string) => [...text.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map(([, inner = '']) => inner)
const oneIn = (text: string, tag: string) => unescaped(allIn(text, tag)[0] ?? '')

/** As the extension decides: a user has the permissions of its roles, and no others. */
function permissionsIn(xml: string): (user: string, activity: string) => string[] {
  const roles = new Map(
    allIn(xml, 'role').map((role) => [
      oneIn(role, 'id'),
      allIn(role, 'permission').map((permission) => ({ topic: oneIn(permission, 'topic'), activity: oneIn(permission, 'activity') })),
    ]),
  )
  const users = new Map(allIn(xml, 'user').map((user) => [oneIn(user, 'name'), allIn(oneIn(user, 'roles'), 'id')]))
  return (user, activity) =>
    (users.get(user) ?? [])
      .flatMap((id) => roles.get(id) ?? assert.fail(`no role ${id}`))
      .filter((permission) => permission.activity === activity)
      .map(({ topic }) => topic.replaceAll(`\${{username}}`, user))
}

describe('The credentials for HiveMQ', () => {
  const permissions = permissionsIn(credentialsOf(house))

  it('give the same answers as the one table', () => {
    assertSameAnswers((user, action, topic) =>
      permissions(user, action === 'read' ? 'SUBSCRIBE' : 'PUBLISH').some((filter) => matches(filter, topic)),
    )
  })

  it('refuse subscriptions that would read more', () => {
    assertNoWiderFilters((user, filter) => permissions(user, 'SUBSCRIBE').some((permission) => covers(permission, filter)))
  })

  it('have a permission in each role, without which the extension refuses the file', () => {
    for (const role of allIn(credentialsOf(house), 'role')) assert.ok(allIn(role, 'permission').length > 0)
  })

  it('are the golden file for a small house', () => {
    assert.equal(credentialsOf(smallHouse), readFileSync(new URL('hivemq-credentials.xml', import.meta.url), 'utf8'))
  })

  it('have passwords as the tool of the extension hashes them', () => {
    for (const user of allIn(credentialsOf(smallHouse), 'user').slice(0, -1)) {
      const [salt = '', iterations, hash] = oneIn(user, 'password').split(':')
      const expected = pbkdf2Sync(`password-of-${oneIn(user, 'name')}`, Buffer.from(salt, 'base64'), Number(iterations), 64, 'sha512')
      assert.equal(hash, expected.toString('base64'))
    }
  })
})
