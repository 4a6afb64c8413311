import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TObject, TSchema } from 'typebox'
import {
  Command,
  DesiredConfig,
  Heartbeat,
  Info,
  isFilter,
  knownQuantities,
  matches,
  quantityOf,
  Response,
  type TopicName,
  topics,
} from '../index.ts'
import { tableUnder } from './document.ts'

describe('docs/protocol.md', () => {
  it('has every topic of the table, in its order, with payload, QoS, retain, from and to', () => {
    const rows = (Object.keys(topics) as TopicName[]).map((name) => {
      const { topic, payload, qos, retain, from, to } = topics[name]
      return [name, `\`${topic}\``, payload, String(qos), retain ? 'yes' : 'no', from, to]
    })
    assert.deepEqual(tableUnder('The topics'), rows)
  })

  it('has examples of filters that match and do not match as stated', () => {
    const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string)
    for (const [first, caught, missed] of tableUnder('Names and wildcards')) {
      const [filter = ''] = quoted(first)
      assert.equal(isFilter(filter), !caught?.includes('an error'), filter)
      for (const topic of quoted(caught)) assert.ok(matches(filter, topic), `${filter} catches ${topic}`)
      for (const topic of quoted(missed)) assert.ok(!matches(filter, topic), `${filter} does not catch ${topic}`)
    }
  })

  it('has every quantity, with its unit and range', () => {
    const rows = knownQuantities.map((name) => {
      const { unit, min, max } = quantityOf(name)
      return [`\`${name}\``, unit, String(min), String(max)]
    })
    assert.deepEqual(tableUnder('Quantities'), rows)
  })

  it('has every field of a heartbeat, as in its schema', () => {
    assert.deepEqual(tableUnder('Heartbeat'), rowsOf(Heartbeat))
  })

  it('has every field of an info, as in its schema', () => {
    const readings = Info.properties.readings.items
    assert.deepEqual(tableUnder('Info'), rowsOf(Info))
    assert.deepEqual(tableUnder('One entry of `readings`'), rowsOf(readings))
  })

  it('has every field of desired settings, commands and responses, as in their schemas', () => {
    assert.deepEqual(tableUnder('Desired settings'), rowsOf(DesiredConfig))
    assert.deepEqual(tableUnder('Commands and responses'), rowsOf(Command))
    assert.deepEqual(tableUnder('A response'), rowsOf(Response))
  })
})

function rowsOf(schema: TObject): string[][] {
  return Object.entries(schema.properties).map(([name, field]) => {
    const { description = '' } = field as { description?: string }
    return [`\`${name}\``, kindOf(field), schema.required?.includes(name) ? 'yes' : 'no', description]
  })
}

function kindOf(field: TSchema): string {
  const { type, minimum, exclusiveMinimum, maximum, maxLength, maxItems, maxProperties, pattern, ...more } = field as Record<
    string,
    unknown
  >
  const { anyOf, enum: choices } = more as { anyOf?: TSchema[]; enum?: string[] }
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ')
  if (choices !== undefined) return `one of ${choices.join(', ')}`
  const limits = [
    minimum !== undefined && maximum !== undefined && `${minimum} to ${maximum}`,
    minimum !== undefined && maximum === undefined && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
    maxLength !== undefined && `up to ${maxLength} characters`,
    maxItems !== undefined && `up to ${maxItems}`,
    maxProperties !== undefined && `up to ${maxProperties}`,
    pattern !== undefined && `\`${pattern}\``,
  ]
  return [type, ...limits.filter((limit) => limit !== false)].join(', ')
}
