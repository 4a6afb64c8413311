import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Findings } from '@hearthwatch/api/doctor'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'

describe('The doctor, beside Home Assistant on the embedded broker,', () => {
  let house: TestMonitor
  before(async () => {
    house = await startTestMonitor()
  })
  after(() => house.close())
  const finding = async (language: 'en' | 'zh-TW' = 'en') => {
    const { findings } = await house.get<Findings>(`/api/doctor?language=${language}`)
    return findings.find(({ id }) => id === 'homeassistant')
  }

  it('says that the embedded broker speaks MQTT 3.1.1', async () => {
    const { level, what } = (await finding()) ?? {}
    assert.equal(level, 'ok')
    assert.match(what ?? '', /Home Assistant from 2027\.1 on needs Mosquitto/)
  })

  it('warns after Home Assistant has started there, and names the command', async () => {
    const client = await house.client({ username: 'foreign' })
    await client.publishAsync('homeassistant/status', 'online')
    const warning = await eventually(async () => {
      const found = await finding()
      return found?.level === 'warning' ? found : undefined
    })
    assert.match(warning.do ?? '', /npm run setup -- mosquitto/)
  })

  it('counts the connections that speak MQTT 5', async () => {
    await assert.rejects(house.client({ protocolVersion: 5 }))
    assert.match((await finding('zh-TW'))?.what ?? '', /拒絕了 1 個連線，因為它們使用 MQTT 5/)
  })
})
