import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { freePort } from '@hearthwatch/testhouse/ports'
import { type Broker, kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { startSubscriber } from './recording-subscriber.ts'
import { start } from './subject.ts'

const kind = kinds[1]
assert.ok(kind)

/** Runs a program that uses a link, until it exits. */
async function run(port: number, program: string): Promise<{ code: number | null; errors: string }> {
  const source = `
    import { connect } from '${import.meta.dirname}/../index.ts'
    import { silent as log } from '@hearthwatch/log'
    const start = (more) => connect({ url: 'mqtt://127.0.0.1:${port}', clientId: 'child', clean: true, log,
      onConnect: async () => {}, onMessage: () => undefined, ...more })
    ${program}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const errors = text(child.stderr)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, errors: await errors }
}

describe('closing a link', () => {
  let broker: Broker
  before(async () => {
    broker = await kind.start()
  })
  after(() => broker.end())

  it('a program exits by itself after it has closed its link, in any state', async () => {
    const unusedPort = await freePort()
    const programs: [number, string][] = [
      [broker.port, `const link = start({ onState: (state) => state === 'connected' && link.close() })`],
      [broker.port, 'await start().close()'],
      [broker.port, 'const link = start({ onConnect: () => (link.close(), new Promise(() => {})) })'],
      [unusedPort, `const link = start({ onState: () => link.close() })`],
    ]
    const runs = await Promise.all(programs.map(([port, program]) => run(port, program)))
    assert.deepEqual(runs, Array(4).fill({ code: 0, errors: '' }))
  })

  it('close ends after its timeout if the broker does not answer', async (t) => {
    const network = await startNetwork(broker.port, t)
    const { link, reached } = start(t, network.port, {}, { closeTimeout: 100 })
    await reached('connected')
    network.silence(true)
    const failure = assert.rejects(link.publish('a', 'b', { qos: 1, retain: false }), { name: 'NotConnected' })
    await link.close()
    await failure
    await network.until(() => network.sent.includes('disconnect'))
  })

  it('a link that is closing delivers no more messages', async (t) => {
    const subscriber = await startSubscriber(broker.port, 'none')
    t.after(() => subscriber.end())
    const { link, received, reached } = start(t, broker.port, { onConnect: (link) => link.subscribe({ 'in/#': 1 }) })
    await reached('connected')
    const publishing = link.publish('a', 'b', { qos: 1, retain: false })
    const closed = link.close()
    await subscriber.publish('in/a', '', { qos: 1 })
    await Promise.all([publishing, closed])
    assert.deepEqual(received, [])
    assert.equal(link.state, 'closed')
  })
})

describe('onMessage', () => {
  it('an exception in onMessage ends the program', async (t) => {
    for (const { name, need, start: startBroker } of kinds) {
      if (need.skip) continue
      const broker = await startBroker()
      t.after(() => broker.end())
      for (const qos of [0, 1, 2]) {
        const { code, errors } = await run(
          broker.port,
          `const link = start({
            onConnect: async () => { await link.subscribe({ a: 2 }); await link.publish('a', '', { qos: ${qos}, retain: false }) },
            onMessage() { throw new TypeError('of ours') },
          })`,
        )
        assert.notEqual(code, 0, name)
        assert.match(errors, /TypeError: of ours/)
      }
    }
  })
})
