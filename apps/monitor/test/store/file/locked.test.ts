import assert from 'node:assert/strict'
import { it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import Database from 'better-sqlite3'

it('while another program writes to the database, the page answers, and readings are stored afterwards', async (t) => {
  const monitor = await startTestMonitor()
  t.after(() => monitor.close())
  const guest = await monitor.client()
  const publish = (value: number) => guest.publishAsync('home/kitchen/temperature', String(value), { qos: 1 })
  const stored = () => monitor.rows<{ value: number }>('SELECT value FROM readings').length
  await publish(20)
  await eventually(() => stored() === 1)

  const other = new Database(monitor.config.DATABASE_FILE)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const acknowledged = publish(21)
  await eventually(async () => (await fetch(new URL('/api/health', monitor.url))).status === 503)
  for (let i = 0; i < 5; i += 1) {
    const begun = performance.now()
    assert.equal((await fetch(new URL('/api/rooms', monitor.url))).status, 200)
    assert.ok(performance.now() - begun < 2500, 'the page waits no longer than for one attempt')
  }
  const silence = { room: 'kitchen', rule: null, until: Date.now() + 60_000, comment: '' }
  await assert.rejects(monitor.send('POST', '/api/silences', silence), /503 .*not available at the moment/)
  other.exec('COMMIT')
  await acknowledged
  await eventually(async () => (await fetch(new URL('/api/health', monitor.url))).status === 200)
  assert.equal(stored(), 2)
})
