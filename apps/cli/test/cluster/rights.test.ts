import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAcl } from '@hearthwatch/broker/acl'
import { matches } from '@hearthwatch/protocol'
import { covers, overlaps } from '../../cluster/filters.ts'
import { rightsOf } from '../../cluster/rights.ts'
import { acl, assertSameAnswers } from './table.ts'

describe('The rights of a user as a list of what is allowed', () => {
  it('give the same answers as the access list', () => {
    assertSameAnswers(
      (user, action, topic) =>
        !(action === 'write' && topic.startsWith('$')) && rightsOf(acl, user)[action].some((filter) => matches(filter, topic)),
    )
  })

  it('name a filter once, and none that another one covers', () => {
    assert.deepEqual(rightsOf(parseAcl('user a\ntopic read home/#\ntopic read home/+/x\ntopic readwrite home/#\n'), 'a'), {
      write: ['home/#'],
      read: ['home/#'],
    })
  })

  it('leave out a line that is denied as a whole, and refuse one that is denied in part', () => {
    const list = (deny: string) => parseAcl(`user a\ntopic read home/kitchen/+\ntopic deny ${deny}\n`)
    assert.deepEqual(rightsOf(list('home/#'), 'a'), { write: [], read: [] })
    assert.deepEqual(rightsOf(list('home/attic/#'), 'a').read, ['home/kitchen/+'])
    assert.throws(() => rightsOf(list('home/+/temperature'), 'a'), /a "read home\/kitchen\/\+".*"deny home\/\+\/temperature"/)
  })
})

describe('A filter', () => {
  const covering: [string, string][] = [
    ['#', 'a/+'],
    ['a/#', 'a'],
    ['a/#', 'a/#'],
    ['a/+', 'a/b'],
    ['+/b', 'a/b'],
    ['$SYS/#', '$SYS/x'],
  ]
  const not: [string, string][] = [
    ['a/+', 'a/#'],
    ['a/b', 'a/+'],
    ['#', '$SYS/x'],
    ['+/x', '$SYS/x'],
    ['a/+', 'a'],
    ['a', 'a/b'],
    ['a/+', 'a/b/c'],
  ]
  for (const [outer, inner] of covering)
    it(`${outer} covers ${inner}`, () => assert.ok(covers(outer, inner) && overlaps(outer, inner) && overlaps(inner, outer)))
  for (const [outer, inner] of not) it(`${outer} does not cover ${inner}`, () => assert.ok(!covers(outer, inner)))
  const beside: [string, string][] = [
    ['a/+', 'b/+'],
    ['#', '$SYS/#'],
    ['a/+/c', 'a/b'],
    ['a/+', 'a/b/#'.replace('/#', '/c')],
  ]
  for (const [one, other] of beside)
    it(`${one} and ${other} have no topic in common`, () => assert.ok(!overlaps(one, other) && !overlaps(other, one)))
  it('a/+/c and +/b/# have a topic in common', () => assert.ok(overlaps('a/+/c', '+/b/#') && overlaps('+/b/#', 'a/+/c')))
})
