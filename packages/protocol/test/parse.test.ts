import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { filterOf, isFilter, isTopic, matches, type Params, parseTopic, type TopicName, topicOf, topics } from '../index.ts'
import { anyText, name, path, quantity } from './arbitraries.ts'

const names = Object.keys(topics) as TopicName[]
const words = fc.record({ room: name, id: name, quantity })

function fill(row: TopicName, all: Record<string, string>): string {
  return topicOf(row, all as Params<typeof row>)
}

describe('a topic of the table', () => {
  it('comes back as its name and words when it was filled in and is parsed, for names of any script', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), words, (row, all) => {
        const holes = [...topics[row].topic.matchAll(/\{(\w+)\}/g)].map(([, hole]) => hole as keyof typeof all)
        const expected = { name: row, ...Object.fromEntries(holes.map((hole) => [hole, all[hole]])) }
        assert.deepEqual(parseTopic(fill(row, all)), expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('can be published on, and is caught by its own filter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), words, (row, all) => {
        const topic = fill(row, all)
        assert.ok(isTopic(topic))
        assert.ok(isFilter(filterOf(row)))
        assert.ok(matches(filterOf(row), topic))
      }),
    )
  })

  it('looks as the tutorials have it', () => {
    assert.equal(topicOf('reading', { room: 'kitchen', quantity: 'temperature' }), 'home/kitchen/temperature')
    assert.equal(topicOf('status', { room: '客廳' }), 'home/客廳/sensor/status')
    assert.equal(topicOf('monitorStatus', {}), 'monitor/status')
    assert.equal(filterOf('reading'), 'home/+/+')
    assert.equal(filterOf('sharedHeartbeat'), 'device/heartbeat')
  })

  it('is what is written out, before it is what is filled in', () => {
    assert.deepEqual(parseTopic('home/kitchen/alert'), { name: 'alert', room: 'kitchen' })
    assert.deepEqual(parseTopic('device/heartbeat'), { name: 'sharedHeartbeat' })
    assert.deepEqual(parseTopic('home/alert/alert'), { name: 'alert', room: 'alert' })
  })

  it('cannot be made with a word that would make it another one', () => {
    for (const room of ['', 'a/b', '+', '#', 'kitchen/alert', '../x', 'a\nb', '$SYS', ' '])
      assert.throws(() => topicOf('reading', { room, quantity: 'temperature' }), RangeError, room)
    for (const wrong of ['alert', 'sensor', 'Temperature', '+', '', 'a-b', '1a', 'a'.repeat(33), '__proto__'])
      assert.throws(() => topicOf('reading', { room: 'kitchen', quantity: wrong }), RangeError, wrong)
    assert.throws(() => topicOf('info', { id: 'a/b' }), /^RangeError: "a\/b" cannot stand for \{id\}$/)
    assert.throws(() => topicOf('info', {} as Params<'info'>), RangeError)
  })
})

describe('what comes in on a topic', () => {
  it('is nobody’s where the topic is not in the table or its words are no names', () => {
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

  it('is parsed without trouble, whatever it is, and what is parsed can be filled in again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          path,
          anyText,
          anyText.map((text) => `home/${text}/temperature`),
        ),
        (text) => {
          const parsed = parseTopic(text)
          if (parsed !== null) assert.equal(fill(parsed.name, parsed), text)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('the table', () => {
  it('has each topic once', () => {
    const all = names.map((row) => topics[row].topic)
    assert.equal(new Set(all).size, all.length)
  })

  it('retains what is a state, and never an event or the record', () => {
    const retained = names.filter((row) => topics[row].retain)
    assert.deepEqual(retained, ['reading', 'status', 'deviceStatus', 'info', 'config', 'monitorStatus'])
  })
})
