import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'
import { start } from './subject.ts'

describe('a connection over a web socket', need('mosquitto'), () => {
  it('a link over a web socket receives, acknowledges later and reconnects', async (t) => {
    const port = await freePort()
    const broker = await startMosquitto({ config: ['max_inflight_messages 2', `listener ${port} 127.0.0.1`, 'protocol websockets'] })
    t.after(() => broker.stop())
    const { link, received, until, reached } = start(t, 0, {
      url: `ws://127.0.0.1:${port}/mqtt`,
      onConnect: (link) => link.subscribe({ 'in/#': 1 }),
      onMessage: () => new Promise((resolve) => setImmediate(resolve)),
    })
    await reached('connected')
    // Without the acknowledgements the broker would stop after two.
    for (let i = 0; i < 10; i++) await link.publish('in/a', `${i}`, { qos: 1, retain: false })
    await until(() => received.length >= 10)
    assert.ok(received.every(({ dup }) => !dup))
    await broker.restart()
    await reached('connecting')
    await reached('connected')
  })
})
