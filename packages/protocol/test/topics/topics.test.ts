import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFilter, isTopic, matches } from '../../index.ts'
import { anyText, path } from '../arbitraries.ts'

/** Section 4.7 of MQTT 3.1.1 in its simplest form: a filter is a regular expression. */
function reference(filter: string, topic: string): boolean {
  const source = filter
    .split('/')
    .map((level) => (level === '+' ? '[^/]*' : level === '#' ? '.*' : level.replace(/[$]/g, '\\$&')))
    .join('/')
    // 4.7.1.2: # includes the parent level
    .replace(/\/\.\*$/, '(/.*)?')
  // 4.7.2: a wildcard at the start does not match what begins with $
  if (/^[+#]/.test(filter) && topic.startsWith('$')) return false
  return new RegExp(`^${source}$`, 'su').test(topic)
}

describe('a topic', () => {
  it('can be published on', () => {
    for (const topic of ['home/kitchen/temperature', '/', 'a', 'home/客廳/temperature', '$SYS/broker', 'a//b', ' '])
      assert.ok(isTopic(topic), topic)
  })

  it('is not empty and has no wildcard', () => {
    for (const topic of ['', '+', '#', 'home/+/temperature', 'home/#', 'a+', 'a#b']) assert.ok(!isTopic(topic), topic)
  })

  it('has at most 65,535 bytes', () => {
    assert.ok(isTopic('a'.repeat(65_535)))
    assert.ok(!isTopic('a'.repeat(65_536)))
    assert.ok(!isTopic('客'.repeat(21_846)))
  })

  it('has no character for which a broker may close the connection', () => {
    for (const text of ['a\0b', 'a\tb', 'a\nb', 'a\x7fb', 'a\x85b', '\ud800', '\ufffe', '\ufdd0', '\u{10ffff}'])
      assert.ok(!isTopic(text) && !isFilter(text), JSON.stringify(text))
  })
})

describe('a filter', () => {
  it('has + on any level, and # on the last', () => {
    for (const filter of ['#', '+', 'home/#', 'home/+/temperature', '+/+/+', '/+', 'home/+/sensor/#', 'home/kitchen', '$SYS/#'])
      assert.ok(isFilter(filter), filter)
  })

  it('is not home/#/temperature, because # must be last', () => {
    for (const filter of ['home/#/temperature', '#/', '#/a', '##', 'a/#/#']) assert.ok(!isFilter(filter), filter)
  })

  it('does not mix a wildcard with other characters on a level', () => {
    for (const filter of ['', 'home+', 'home/kit+chen', 'home#', 'home/a#', '++', '+#']) assert.ok(!isFilter(filter), filter)
  })

  it('may be any topic', () => {
    fc.assert(fc.property(fc.oneof(path, anyText), (text) => !isTopic(text) || isFilter(text)))
  })
})

describe('a match of a filter', () => {
  it('has exactly one level for +', () => {
    assert.ok(matches('home/+/temperature', 'home/kitchen/temperature'))
    assert.ok(matches('home/+/temperature', 'home//temperature'))
    assert.ok(!matches('home/+/temperature', 'home/temperature'))
    assert.ok(!matches('home/+/temperature', 'home/a/b/temperature'))
    assert.ok(!matches('home/+', 'home'))
    assert.ok(matches('home/+', 'home/'))
    assert.ok(!matches('+', '/home'))
    assert.ok(matches('+/+', '/home'))
  })

  it('has any number of levels for #, and the parent level too', () => {
    for (const topic of ['home', 'home/', 'home/kitchen', 'home/kitchen/sensor/status']) assert.ok(matches('home/#', topic), topic)
    assert.ok(!matches('home/#', 'homes'))
    assert.ok(matches('#', 'a/b/c'))
    assert.ok(matches('+/#', 'a'))
  })

  it('is case-sensitive', () => {
    assert.ok(matches('home/kitchen', 'home/kitchen'))
    assert.ok(!matches('home/kitchen', 'home/Kitchen'))
    assert.ok(!matches('home/kitchen', 'home/kitchen/'))
    assert.ok(!matches('é', 'e\u0301'))
  })

  it('has no topic that begins with $ for a wildcard at the start', () => {
    for (const filter of ['#', '+/broker', '+/#', '+']) assert.ok(!matches(filter, '$SYS/broker') && !matches(filter, '$SYS'), filter)
    for (const filter of ['$SYS/#', '$SYS/+', '$SYS/broker']) assert.ok(matches(filter, '$SYS/broker'), filter)
    assert.ok(matches('home/+', 'home/$SYS'))
  })

  it('follows section 4.7 of the standard, for any topic and filter', () => {
    fc.assert(
      fc.property(path, path, (filter, topic) => {
        fc.pre(isFilter(filter) && isTopic(topic))
        assert.equal(matches(filter, topic), reference(filter, topic))
      }),
      { numRuns: 5000 },
    )
  })

  it('of a filter without wildcards is only the same topic', () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        fc.pre(isTopic(a) && isTopic(b))
        assert.equal(matches(a, b), a === b)
      }),
    )
  })

  it('does not exist for an invalid filter', () => {
    assert.ok(!matches('home/#/temperature', 'home/kitchen/temperature'))
    fc.assert(
      fc.property(path, path, (filter, topic) => {
        fc.pre(!isFilter(filter) && isTopic(topic))
        return !matches(filter, topic)
      }),
    )
  })
})
