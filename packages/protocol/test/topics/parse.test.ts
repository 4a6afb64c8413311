import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { filterOf, isFilter, isTopic, matches, type Params, parseTopic, type TopicName, topicOf, topics } from '../../index.ts'
import { anyText, name, path, quantity } from '../arbitraries.ts'

const names = Object.keys(topics) as TopicName[]
const words = fc.record({ room: name, id: name, quantity })

function fill(row: TopicName, all: Record<string, string>): string {
  return topicOf(row, all as Params<typeof row>)
}

describe('a topic of the table', () => {
  it('is parsed to the name and values that it was made from, for names of any script', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), words, (row, all) => {
        const holes = [...topics[row].topic.matchAll(/\{(\w+)\}/g)].map(([, hole]) => hole as keyof typeof all)
        const expected = { name: row, ...Object.fromEntries(holes.map((hole) => [hole, all[hole].normalize('NFC')])) }
        assert.deepEqual(parseTopic(fill(row, all)), expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('has one room for both spellings of its name', () => {
    const [composed, decomposed] = ['K\u00fcche', 'Ku\u0308che']
    assert.deepEqual(parseTopic(`home/${decomposed}/temperature`), parseTopic(`home/${composed}/temperature`))
    assert.equal(parseTopic(`home/${'a\u0301'.repeat(64)}/temperature`)?.name, 'reading')
  })

  it('can be published on, and its own filter matches it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), words, (row, all) => {
        const topic = fill(row, all)
        assert.ok(isTopic(topic))
        assert.ok(isFilter(filterOf(row)))
        assert.ok(matches(filterOf(row), topic))
      }),
    )
  })

  it('has the form of the tutorials', () => {
    assert.equal(topicOf('reading', { room: 'kitchen', quantity: 'temperature' }), 'home/kitchen/temperature')
    assert.equal(topicOf('status', { room: '客廳' }), 'home/客廳/sensor/status')
    assert.equal(topicOf('monitorStatus', {}), 'monitor/status')
    assert.equal(filterOf('reading'), 'home/+/+')
    assert.equal(filterOf('sharedHeartbeat'), 'device/heartbeat')
  })

  it('is recognised by its literal words before its placeholders', () => {
    assert.deepEqual(parseTopic('home/kitchen/alert'), { name: 'alert', room: 'kitchen' })
    assert.deepEqual(parseTopic('device/heartbeat'), { name: 'sharedHeartbeat' })
    assert.deepEqual(parseTopic('home/alert/alert'), { name: 'alert', room: 'alert' })
  })

  it('cannot be made with a value that would change the topic', () => {
    for (const room of ['', 'a/b', '+', '#', 'kitchen/alert', '../x', 'a\nb', '$SYS', ' '])
      assert.throws(() => topicOf('reading', { room, quantity: 'temperature' }), RangeError, room)
    for (const wrong of ['alert', 'sensor', 'Temperature', '+', '', 'a-b', '1a', 'a'.repeat(33), '__proto__'])
      assert.throws(() => topicOf('reading', { room: 'kitchen', quantity: wrong }), RangeError, wrong)
    assert.throws(() => topicOf('info', { id: 'a/b' }), /^RangeError: "a\/b" cannot stand for \{id\}$/)
    assert.throws(() => topicOf('info', {} as Params<'info'>), RangeError)
  })
})

describe('a topic of a received message', () => {
  it('is unknown if it is not in the table or has an invalid value', () => {
    for (const topic of ['', '/', 'home', 'home/kitchen', 'home//temperature', 'home/$x/temperature', 'home/kitchen/Temperature'])
      assert.equal(parseTopic(topic), null, topic)
    for (const topic of [
      'home/kitchen/sensor',
      'home/kitchen/sensor/battery',
      'device/pi-1',
      'device/pi-1/else',
      'monitor/else',
      'a/b/c/d/e',
    ])
      assert.equal(parseTopic(topic), null, topic)
    for (const topic of [
      'home/kitchen/__proto__',
      'home/a\ufffdb/temperature',
      'home/a\u0007/temperature',
      `device/${'x'.repeat(65)}/info`,
    ])
      assert.equal(parseTopic(topic), null, topic)
  })

  it('is parsed without an error, and the result makes the same topic again, in one spelling', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          path,
          anyText,
          anyText.map((text) => `home/${text}/temperature`),
        ),
        (text) => {
          const parsed = parseTopic(text)
          if (parsed !== null) assert.equal(fill(parsed.name, parsed), text.normalize('NFC'))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('the table of topics', () => {
  it('has each topic once', () => {
    const all = names.map((row) => topics[row].topic)
    assert.equal(new Set(all).size, all.length)
  })

  it('retains states, but no events and no batches', () => {
    const retained = names.filter((row) => topics[row].retain)
    assert.deepEqual(retained, ['reading', 'status', 'deviceStatus', 'info', 'config', 'monitorStatus', 'problem', 'diagnostics'])
  })
})
