import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Checklist } from '@hearthwatch/api/checklist'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { Value } from 'typebox/value'
import { completeRule } from '../../../rules/rule.ts'

const password = 'open sesame'

describe('The checklist of a new house', () => {
  let page: Page
  let cookie = ''
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: password, API_TOKEN: 'token' })
    cookie = await page.login(password)
  })
  after(() => page.close())
  async function steps(): Promise<Record<string, boolean>> {
    const { json } = await page.ask('/api/checklist', { headers: { cookie } })
    assert.deepEqual([...Value.Errors(Checklist, json)], [])
    return Object.fromEntries((json as Checklist).steps.map(({ step, done }) => [step, done]))
  }
  const change = (body: object) => page.ask('/api/checklist', { method: 'PUT', headers: { cookie }, body })

  it('has a step for a freezer only where a room is below −10 °C, whatever its name', async () => {
    assert.deepEqual(await steps(), { sensor: false, channel: false, phone: false, backup: false })
    page.addReadings('kitchen', [[page.clock.now, 21]])
    assert.deepEqual(await steps(), { sensor: true, channel: false, phone: false, backup: false })
    page.addReadings('garage', [[page.clock.now, -18]])
    assert.equal((await steps()).freezer, false)
    const put = (rule: object) =>
      page.store.transaction(() =>
        page.store.rules.put(completeRule({ name: 'cold', quantity: 'temperature', condition: 'above', ...rule }), 1),
      )
    for (const rule of [{ limit: -15, rooms: 'kitchen' }, { limit: 30 }, { limit: -15, enabled: false }]) {
      put(rule)
      assert.equal((await steps()).freezer, false, JSON.stringify(rule))
    }
    put({ limit: -15, rooms: 'gar*' })
    assert.equal((await steps()).freezer, true)
  })

  it('counts a channel that sends to a person, neither a muted one nor the inbox of Docker Compose', async () => {
    const channel = { name: 'phone', kind: 'ntfy', fields: { server: 'http://127.0.0.1:9', topic: 'house' } }
    assert.equal((await page.ask('/api/channels', { method: 'POST', headers: { cookie }, body: channel })).status, 201)
    assert.equal((await steps()).channel, true)
    await page.ask('/api/channels/phone/muted', { method: 'PUT', headers: { cookie }, body: { muted: true } })
    assert.equal((await steps()).channel, false)
    // The inbox of docker-compose.yml: nobody reads it.
    const mail = { name: 'inbox', kind: 'mail', fields: { server: '127.0.0.1:9', encryption: 'smtp', to: 'you@home.example' } }
    assert.equal((await page.ask('/api/channels', { method: 'POST', headers: { cookie }, body: mail })).status, 201)
    assert.equal((await steps()).channel, false)
  })

  it('counts a visit of the page by another name than this machine’s, after a login only', async () => {
    const headers = { host: '192.168.1.5:8080' }
    await page.ask('/', { headers })
    await page.ask('/api/rooms', { headers: { ...headers, authorization: 'Bearer token' } })
    assert.equal((await steps()).phone, false)
    await page.ask('/api/rooms', { headers: { ...headers, cookie } })
    assert.equal((await steps()).phone, true)
  })

  it('counts a backup in the folder of the nightly ones, which the facts of the house show as well', async () => {
    const house = async () => (await page.ask('/api/house', { headers: { cookie } })).json
    const { size, ...facts } = await house()
    assert.ok(size > 10_000)
    assert.deepEqual(facts, {
      version: '1.2.3',
      readings: 2,
      retentionDays: null,
      updateCheck: false,
      backups: { count: 0, newest: null, nightly: true },
    })
    const folder = join(page.folder, 'backups')
    mkdirSync(folder)
    writeFileSync(join(folder, 'hearthwatch-20261123T120000Z.tar.gz'), '')
    assert.equal((await steps()).backup, true)
    assert.equal((await house()).backups.count, 1)
    rmSync(folder, { recursive: true })
  })

  it('is put away for the house, and the backup is ticked by hand', async () => {
    const { json } = await change({ putAway: true, backup: true })
    assert.equal(json.putAway, true)
    assert.equal((await steps()).backup, true)
    assert.equal((await change({ putAway: false, backup: false })).json.putAway, false)
    assert.equal((await change({ nonsense: true })).status, 400)
  })
})
