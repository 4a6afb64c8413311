import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { ruleClient } from '@hearthwatch/testhouse/monitor/rule-client'

// Concurrent, because the first reading of a new room is deferred for two seconds.
describe('A rule written by the API', { concurrency: true }, () => {
  let monitor: TestMonitor
  let at: ReturnType<typeof ruleClient>
  before(async () => {
    monitor = await startTestMonitor()
    at = ruleClient(monitor, await monitor.client())
  })
  after(() => monitor?.close())

  it('with `above` applies from the next reading on, and only in its rooms', async () => {
    await at.put('warm', { condition: 'above', quantity: 'temperature', rooms: '客*, study', limit: 24 })
    for (const room of ['客廳', 'study', 'hall']) await at.publish(room, 25)
    const alert = await at.until('客廳', 'warm', 'firing')
    assert.partialDeepStrictEqual(alert, { value: 25, condition: 'above', limit: 24 })
    await at.until('study', 'warm', 'firing')
    await at.publish('客廳', 23.5)
    await at.publish('客廳', 23)
    await at.until('客廳', 'warm', 'resolved')
    assert.deepEqual(await at.alerts('hall'), [])
  })

  it('with `below` or `outside` raises an alert that names the limit that was crossed', async () => {
    await at.put('cold', { condition: 'below', quantity: 'temperature', rooms: 'cellar', limit: 10 })
    await at.put('narrow', { condition: 'outside', quantity: 'humidity', rooms: 'cellar', limit: [40, 60], recover: 1 })
    await at.publish('cellar', 9.5)
    await at.publish('cellar', 65, 'humidity')
    assert.partialDeepStrictEqual(await at.until('cellar', 'cold', 'firing'), { condition: 'below', limit: 10, value: 9.5 })
    assert.partialDeepStrictEqual(await at.until('cellar', 'narrow', 'firing'), { condition: 'above', limit: 60, value: 65 })
    await at.publish('cellar', 30, 'humidity')
    await eventually(async () => (await at.until('cellar', 'narrow', 'firing')).condition === 'below')
    await at.publish('cellar', 50, 'humidity')
    await at.until('cellar', 'narrow', 'resolved')
  })

  it('with `rises` or `falls` fires by the change within its window', async () => {
    await at.put('fan', { condition: 'rises', quantity: 'temperature', rooms: 'cupboard', limit: 5, window: 600 })
    await at.put('window', { condition: 'falls', quantity: 'temperature', rooms: 'cupboard', limit: 5, window: 600 })
    for (const value of [20, 22, 25]) await at.publish('cupboard', value)
    assert.partialDeepStrictEqual(await at.until('cupboard', 'fan', 'firing'), { value: 5, limit: 5, condition: 'rises' })
    for (const value of [23, 19.5]) await at.publish('cupboard', value)
    assert.partialDeepStrictEqual(await at.until('cupboard', 'window', 'firing'), { value: 5.5, condition: 'falls' })
    await at.until('cupboard', 'fan', 'resolved')
  })

  it('with `silent` fires if no reading arrives, and resolves at the next reading', async () => {
    await at.put('quiet', { condition: 'silent', rooms: 'attic', for: 2 })
    await at.publish('attic', 20)
    assert.partialDeepStrictEqual(await at.until('attic', 'quiet', 'firing'), { condition: 'silent', value: null, limit: null })
    await at.publish('attic', 20)
    await at.until('attic', 'quiet', 'resolved')
  })

  it('with `for` and `keepFiringFor` raises an alert that is pending before it fires and recovers before it resolves', async () => {
    await at.put('slow', { condition: 'above', quantity: 'co2', rooms: 'office', limit: 1000, for: 0.5, keepFiringFor: 0.5 })
    const publish = async (value: number, state: Alert['state']) => {
      await at.publish('office', value, 'co2')
      return (await at.alerts('office')).some((one) => one.rule === 'slow' && one.state === state)
    }
    await at.publish('office', 1200, 'co2')
    await at.until('office', 'slow', 'pending')
    await eventually(() => publish(1200, 'firing'))
    await at.publish('office', 900, 'co2')
    await at.until('office', 'slow', 'recovering')
    await eventually(() => publish(900, 'resolved'))
    assert.equal((await at.alerts('office')).length, 1)
  })

  it('with `for` raises no alert of a spike', async () => {
    await at.put('lasting', { condition: 'above', quantity: 'temperature', rooms: 'bath', limit: 24, for: 600 })
    await at.publish('bath', 28)
    await at.until('bath', 'lasting', 'pending')
    await at.publish('bath', 22)
    await eventually(async () => (await at.alerts('bath')).length === 0)
  })
})

describe('A rule that is changed while its alert is open', { concurrency: true }, () => {
  let monitor: TestMonitor
  let at: ReturnType<typeof ruleClient>
  before(async () => {
    monitor = await startTestMonitor()
    at = ruleClient(monitor, await monitor.client())
    for (const name of ['moved', 'removed', 'off', 'elsewhere', 'raised'])
      await at.put(name, { condition: 'above', quantity: 'temperature', rooms: name, limit: 20 })
  })
  after(() => monitor?.close())
  const fire = async (room: string) => {
    await at.publish(room, 25)
    return at.until(room, room, 'firing')
  }

  it('judges that alert by the new limit from the next reading on', async () => {
    const { id } = await fire('moved')
    await at.put('moved', { condition: 'above', quantity: 'temperature', rooms: 'moved', limit: 24, severity: 'critical' })
    await at.publish('moved', 24.5)
    await at.publish('moved', 22.9)
    assert.equal((await at.until('moved', 'moved', 'resolved')).id, id)
  })

  it('resolves that alert if the rule is removed', async () => {
    await fire('removed')
    await monitor.send('DELETE', '/api/rules/removed')
    assert.equal((await at.until('removed', 'removed', 'resolved')).ended, 'rule-removed')
  })

  it('resolves that alert if the rule is switched off', async () => {
    await fire('off')
    await at.put('off', { condition: 'above', quantity: 'temperature', rooms: 'off', limit: 20, enabled: false })
    assert.equal((await at.until('off', 'off', 'resolved')).ended, 'rule-off')
    await at.publish('off', 30)
    await at.publish('off', 31)
    assert.equal((await at.alerts('off')).filter(({ rule, state }) => rule === 'off' && state === 'firing').length, 0)
  })

  it('resolves that alert if the rule is moved to other rooms', async () => {
    await fire('elsewhere')
    await at.put('elsewhere', { condition: 'above', quantity: 'temperature', rooms: 'nowhere', limit: 20 })
    assert.equal((await at.until('elsewhere', 'elsewhere', 'resolved')).ended, 'rule-changed')
  })

  it('resolves that alert by the next reading if that is within the new limit only, and says that the rule was changed', async () => {
    await fire('raised')
    await at.put('raised', { condition: 'above', quantity: 'temperature', rooms: 'raised', limit: 30 })
    await at.publish('raised', 25.5)
    assert.partialDeepStrictEqual(await at.until('raised', 'raised', 'resolved'), { ended: 'rule-changed', value: 25.5 })
    await at.publish('raised', 35)
    await at.until('raised', 'raised', 'firing')
    await at.publish('raised', 20)
    assert.equal((await at.until('raised', 'raised', 'resolved')).ended, null)
  })
})
