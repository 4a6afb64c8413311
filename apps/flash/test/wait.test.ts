import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { waitForReading } from '../wait.ts'
import { wordsIn } from '../words/language.ts'

describe('npm run flash -- --wait', () => {
  let monitor: TestMonitor
  before(async () => {
    monitor = await startTestMonitor({ DASHBOARD_PASSWORD: 'page' })
  })
  after(() => monitor.close())
  const { signal } = new AbortController()

  it('shows the first reading when it comes', async () => {
    const waiting = waitForReading({ url: monitor.url, password: 'page' }, 'pi-1', wordsIn('en'), signal)
    const client = await monitor.client()
    const info = { id: 'pi-1', room: 'kitchen', readings: [{ key: 'temperature', topic: 'home/kitchen/temperature' }] }
    await client.publishAsync('device/pi-1/info', JSON.stringify(info), { qos: 1, retain: true })
    await client.publishAsync('home/kitchen/temperature', '21.4', { qos: 1 })
    const { text, isGood } = await waiting
    assert.equal(text, 'The first reading of pi-1 in kitchen has arrived: temperature 21.4 °C')
    assert.ok(isGood)
  })

  it('ends at once if the monitor cannot be asked', async () => {
    const { text, isGood } = await waitForReading({ url: 'http://127.0.0.1:9' }, 'pi-1', wordsIn('en'), signal)
    assert.match(text, /cannot be asked/)
    assert.ok(!isGood)
  })
})
