import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { curlOf } from '../src/views/api/curl.ts'
import { type ApiDocument, callsOf } from '../src/views/api/document.ts'
import { exampleOf, shapeOf } from '../src/views/api/shape.ts'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'

describe('The page of the API', need('chromium'), () => {
  const open = useBrowser()

  it('the page lists every call with its parameters, schemas and a curl command', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: 'x', API_TOKEN: 'y' }, { now: Date.now })
    t.after(() => page.close())
    const tab = await open(t, page.url, { hash: '#/api' })
    await tab.getByLabel('Password').fill('x')
    await tab.keyboard.press('Enter')
    const call = tab.getByRole('button', { name: /GET \/api\/readings/ })
    await call.click()
    const document = (await page.ask('/api/openapi.json', { headers: { authorization: 'Bearer y' } })).json as ApiDocument
    const listed = callsOf(document).flatMap(([, calls]) => calls)
    await becomes(() => tab.locator('.api-call').count(), listed.length)
    await tab.getByText('default 500 · at most so many').waitFor()
    await tab.getByText(`curl -H "Authorization: Bearer $API_TOKEN" '${page.url}/api/readings?room=…&quantity=…'`).waitFor()
    await tab.getByRole('button', { name: /PUT \/api\/labels/ }).click()
    await tab.getByText('icon?: string | null').waitFor()
    assert.equal(
      await tab
        .getByRole('button', { name: /GET \/api\/health/ })
        .getByText('without login')
        .count(),
      1,
    )
    await assertAccessible(tab)
  })
})

describe('Texts of the API page', () => {
  it('schemas are written in TypeScript notation', () => {
    const schema = {
      type: 'object',
      required: ['room'],
      properties: {
        room: { type: 'string', description: 'where' },
        state: { enum: ['on', 'off'] },
        points: { type: 'array', items: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
        values: { type: 'object', additionalProperties: { type: 'number' } },
      },
    }
    assert.equal(
      shapeOf(schema),
      [
        '{',
        '  room: string  // where',
        '  state?: "on" | "off"',
        '  points?: (number | null)[]',
        '  values?: {',
        '    [name]: number',
        '  }',
        '}',
      ].join('\n'),
    )
    assert.deepEqual(exampleOf(schema), { room: '…' })
  })

  it('curl commands are quoted for a shell', () => {
    const body = { type: 'object', properties: { text: { type: 'string', default: `it's $HOME` } } }
    const call = { method: 'put', path: '/api/x/{id}', summary: '', parameters: [], body, answers: [], isClosed: true }
    assert.equal(
      curlOf(call, 'http://127.0.0.1:8080/', false),
      `curl -X PUT -H 'Content-Type: application/json' -d '{"text":"it'\\''s $HOME"}' 'http://127.0.0.1:8080/api/x/{id}'`,
    )
  })
})
