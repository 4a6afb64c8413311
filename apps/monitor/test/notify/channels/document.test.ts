import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Check } from 'typebox/schema'
import { optionNames } from '../../../notify/channels/options.ts'
import { channelTypes } from '../../../notify/channels/registry.ts'
import { signature } from '../../../notify/channels/webhook.ts'
import { WebhookBody } from '../../../notify/channels/webhook-body.ts'
import { exampleMessage } from './conformance.ts'
import { requestOf } from './http-conformance.ts'

const text = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', 'channels.md'), 'utf8')
const block = (language: string) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? ''
/** The cells of all table rows, without backquotes. */
const rows = [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.replaceAll('`', '').trim()))

describe('docs/channels.md', () => {
  it('lists every scheme, name and default budget', () => {
    for (const { kind, schemes, budget } of channelTypes) {
      for (const scheme of schemes) assert.match(text, new RegExp(`\`${scheme}://`), scheme)
      assert.ok(text.includes(`\`${kind}\``), kind)
      if (budget !== null) assert.ok(text.includes(`${budget} for \`${kind}\``), kind)
    }
  })

  it('has a row for every option', () => {
    const named = rows.map(([name]) => name)
    for (const option of optionNames) assert.ok(named.includes(option), option)
  })

  it('shows a body that matches the schema, and every event type with its fields', () => {
    assert.ok(Check(WebhookBody, JSON.parse(block('json'))))
    const { anyOf } = WebhookBody.properties.events.items as unknown as { anyOf: { properties: Record<string, { const?: string }> }[] }
    for (const { properties } of anyOf) {
      const { type, ...fields } = properties
      const row = rows.find(([name]) => name === type?.const)
      for (const field of Object.keys(fields)) assert.match(row?.[1] ?? '', new RegExp(`\\b${field}\\b`), `${type?.const}: ${field}`)
    }
  })

  it('has correct signatures, and code that verifies them', async () => {
    const { isFromHearthwatch } = await import(`data:text/javascript,${encodeURIComponent(block('js'))}`)
    const vectors = rows.filter(([, , , , last]) => last?.startsWith('v1,'))
    assert.equal(vectors.length, 2)
    for (const [secret = '', id = '', seconds = '', body = '', signed] of vectors) {
      const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
      assert.equal(signature(key, id, Number(seconds), body), signed)
      const headers = { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signed }
      const now = Number(seconds) * 1000
      assert.equal(isFromHearthwatch(secret, headers, body, now + 60_000), true)
      assert.equal(isFromHearthwatch(secret, headers, body, now + 600_000), false)
      assert.equal(isFromHearthwatch(secret, headers, `${body} `, now), false)
      assert.equal(isFromHearthwatch(secret.replace(/.$/, 'x'), headers, body, now), false)
      assert.equal(isFromHearthwatch(secret, { ...headers, 'webhook-signature': undefined }, body, now), false)
    }
    const { headers, body } = await requestOf((service) => service.replace('//', '//s3cret@'), exampleMessage, { status: 200 })
    assert.equal(isFromHearthwatch('s3cret', headers, body), true)
  })
})
