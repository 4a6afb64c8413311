import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { ruleClient } from '@hearthwatch/testhouse/monitor/rule-client'

describe('A restart of the monitor', () => {
  let monitor: TestMonitor
  let at: ReturnType<typeof ruleClient>
  let logged = ''
  const log = createLog('monitor', 'info', (line) => {
    logged += line
  })
  const restart = async (settings: Partial<TestMonitor['config']> = {}) => {
    logged = ''
    Object.assign(monitor.config, settings)
    await monitor.restart()
    at = ruleClient(monitor, await monitor.client())
  }
  const rule = (name: string) => monitor.get<{ limit: number; builtIn: boolean; changed: number | null }>(`/api/rules/${name}`)
  before(async () => {
    monitor = await startTestMonitor({}, log)
    at = ruleClient(monitor, await monitor.client())
  })
  after(() => monitor?.close())

  it('keeps a rule, and applies ALERT_ABOVE to too-hot unless that rule was changed', async () => {
    await at.put('mine', { condition: 'below', quantity: 'temperature', rooms: 'mine', limit: 5 })
    await restart({ ALERT_ABOVE: 33 })
    assert.equal((await rule('mine')).limit, 5)
    assert.equal((await rule('too-hot')).limit, 33)
    await at.put('too-hot', { condition: 'above', quantity: 'temperature', limit: 28 })
    await restart({ ALERT_ABOVE: 35 })
    assert.equal((await rule('too-hot')).limit, 28)
    await monitor.send('DELETE', '/api/rules/too-hot')
    assert.equal((await rule('too-hot')).limit, 35)
  })

  it('keeps a pending alert and its start', async () => {
    await at.put('long', { condition: 'above', quantity: 'temperature', rooms: 'shed', limit: 20, for: 1 })
    await at.publish('shed', 25)
    const { id } = await at.until('shed', 'long', 'pending')
    await restart()
    await eventually(async () => {
      await at.publish('shed', 25)
      return (await at.alerts('shed')).some((one) => one.id === id && one.state === 'firing')
    })
  })

  it('keeps a silence, and a silenced alert is notified when it ends', async () => {
    await at.put('loud', { condition: 'above', quantity: 'temperature', rooms: 'oven', limit: 20 })
    const until = Date.now() + 3_600_000
    await monitor.send('POST', '/api/silences', { room: 'oven', until, comment: 'cleaning' })
    await restart()
    assert.partialDeepStrictEqual(await monitor.get('/api/silences'), [{ room: 'oven', rule: null, until, comment: 'cleaning' }])
    await at.publish('oven', 25)
    assert.partialDeepStrictEqual(await at.until('oven', 'loud', 'firing'), { silenced: until, tellings: 0 })
    const [{ id }] = await monitor.get<[{ id: number }]>('/api/silences')
    await monitor.send('DELETE', `/api/silences/${id}`)
    const alert = await eventually(async () => (await at.alerts('oven')).find((one) => one.rule === 'loud' && one.tellings === 1))
    assert.equal(alert.silenced, null)
  })

  it('resolves an open alert whose rule was removed', async () => {
    await at.put('restored', { condition: 'above', quantity: 'temperature', rooms: 'porch', limit: 20 })
    await at.publish('porch', 25)
    await at.until('porch', 'restored', 'firing')
    await monitor.send('DELETE', '/api/rules/restored')
    await restart()
    await at.until('porch', 'restored', 'resolved')
  })

  it('reads rules.json if the file has changed, and keeps the rules if it is wrong', async () => {
    const file = join(monitor.folder, 'rules.json')
    const filed = { name: 'filed', condition: 'above', quantity: 'temperature', rooms: 'barn', limit: 26 }
    writeFileSync(file, JSON.stringify([filed]))
    await restart()
    assert.match(logged, /rules.json was read/)
    await at.publish('barn', 27)
    await at.until('barn', 'filed', 'firing')
    writeFileSync(file, '[{"name": "filed",\n "limit" 30}]')
    await restart()
    assert.match(logged, /ERROR .*rules.json cannot be read; the rules stay as they are.*line 2/)
    assert.equal((await rule('filed')).limit, 26)
    assert.equal((await at.until('barn', 'filed', 'firing')).value, 27)
  })
})
