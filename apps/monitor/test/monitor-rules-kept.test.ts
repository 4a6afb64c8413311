import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { eventually, type House, startHouse } from '@hearthwatch/testhouse/monitor'
import { ruleClient } from '@hearthwatch/testhouse/rules'

describe('What is kept over a restart', () => {
  let house: House
  let at: ReturnType<typeof ruleClient>
  let said = ''
  const log = createLog('monitor', 'info', (line) => {
    said += line
  })
  const restart = async (settings: Partial<House['config']> = {}) => {
    said = ''
    Object.assign(house.config, settings)
    await house.restart()
    at = ruleClient(house, await house.client())
  }
  const rule = (name: string) => house.get<{ limit: number; builtIn: boolean; changed: number | null }>(`/api/rules/${name}`)
  before(async () => {
    house = await startHouse({}, log)
    at = ruleClient(house, await house.client())
  })
  after(() => house?.close())

  it('a rule, and the built-in one follows ALERT_ABOVE until somebody has changed it', async () => {
    await at.put('mine', { condition: 'below', quantity: 'temperature', rooms: 'mine', limit: 5 })
    await restart({ ALERT_ABOVE: 33 })
    assert.equal((await rule('mine')).limit, 5)
    assert.equal((await rule('too-hot')).limit, 33)
    await at.put('too-hot', { condition: 'above', quantity: 'temperature', limit: 28 })
    await restart({ ALERT_ABOVE: 35 })
    assert.equal((await rule('too-hot')).limit, 28)
    await house.send('DELETE', '/api/rules/too-hot')
    assert.equal((await rule('too-hot')).limit, 35)
  })

  it('a doubt: how long it has lasted is not forgotten', async () => {
    await at.put('long', { condition: 'above', quantity: 'temperature', rooms: 'shed', limit: 20, for: 1 })
    await at.publish('shed', 25)
    const { id } = await at.until('shed', 'long', 'pending')
    await restart()
    await eventually(async () => {
      await at.publish('shed', 25)
      return (await at.alerts('shed')).some((one) => one.id === id && one.state === 'firing')
    })
  })

  it('a silence: what it hides is an alert, and is told when the silence ends', async () => {
    await at.put('loud', { condition: 'above', quantity: 'temperature', rooms: 'oven', limit: 20 })
    const until = Date.now() + 3_600_000
    await house.send('POST', '/api/silences', { room: 'oven', until, comment: 'cleaning' })
    await restart()
    assert.partialDeepStrictEqual(await house.get('/api/silences'), [{ room: 'oven', rule: null, until, comment: 'cleaning' }])
    await at.publish('oven', 25)
    assert.partialDeepStrictEqual(await at.until('oven', 'loud', 'firing'), { silenced: until, tellings: 0 })
    const [{ id }] = await house.get<[{ id: number }]>('/api/silences')
    await house.send('DELETE', `/api/silences/${id}`)
    const told = await eventually(async () => (await at.alerts('oven')).find((one) => one.rule === 'loud' && one.tellings === 1))
    assert.equal(told.silenced, null)
  })

  it('an alert whose rule is gone: it ends, because no reading would ever end it', async () => {
    await at.put('restored', { condition: 'above', quantity: 'temperature', rooms: 'porch', limit: 20 })
    await at.publish('porch', 25)
    await at.until('porch', 'restored', 'firing')
    await house.send('DELETE', '/api/rules/restored')
    await restart()
    await at.until('porch', 'restored', 'resolved')
  })

  it('what rules.json beside the database says, as soon as it says something else', async () => {
    const file = join(house.folder, 'rules.json')
    const filed = { name: 'filed', condition: 'above', quantity: 'temperature', rooms: 'barn', limit: 26 }
    writeFileSync(file, JSON.stringify([filed]))
    await restart()
    assert.match(said, /rules.json was read/)
    await at.publish('barn', 27)
    await at.until('barn', 'filed', 'firing')
    writeFileSync(file, '[{"name": "filed",\n "limit" 30}]')
    await restart()
    assert.match(said, /ERROR .*rules.json cannot be read; the rules stay as they are.*line 2/)
    assert.equal((await rule('filed')).limit, 26)
    assert.equal((await at.until('barn', 'filed', 'firing')).value, 27)
  })
})
