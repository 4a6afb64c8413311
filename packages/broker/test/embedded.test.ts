import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { startBroker } from '@hearthwatch/broker'
import { createLog } from '@hearthwatch/log'
import { passwordOf, provision } from './brokers.ts'
import { connectAs } from './test-client.ts'

type Files = Awaited<ReturnType<typeof provision>>
const lines: string[] = []
const log = createLog('broker', 'debug', (line) => lines.push(line))
const start = (files: Files, rest: { port?: number; users?: Record<string, string> } = {}) =>
  startBroker({ host: '127.0.0.1', port: 0, passwordFile: join(files.folder, 'passwd'), aclFile: join(files.folder, 'acl'), log, ...rest })

describe('the embedded broker', () => {
  let files: Files
  beforeEach(() => lines.splice(0))
  before(async () => {
    files = await provision()
  })
  after(() => files.remove())

  it('an occupied port is reported in one sentence', async () => {
    const first = await start(files)
    await assert.rejects(start(files, { port: first.port }), {
      code: 'EADDRINUSE',
      message: `the broker cannot listen on port ${first.port} of 127.0.0.1: another program uses it`,
    })
    await first.close()
  })

  it('without a password file only `users` can connect, and the log names the remedy', async () => {
    const bare = await provision()
    await rm(join(bare.folder, 'passwd'))
    const broker = await start(bare, { users: { monitor: 'of this process' } })
    assert.match(lines.join(''), /no password file: only monitor can connect.*npm run setup/)
    const monitor = await connectAs(broker.port, 'monitor', { password: 'of this process' })
    await assert.rejects(connectAs(broker.port, 'monitor'), /Not authorized/)
    await assert.rejects(connectAs(broker.port, 'guest'), /Not authorized/)
    await bare.write({ passwd: bare.passwd })
    await broker.reload()
    await (await connectAs(broker.port, 'guest')).disconnect()
    assert.equal(monitor.client.connected, true)
    await assert.rejects(connectAs(broker.port, 'monitor'), /Not authorized/, 'the password in the file is not the one of `users`')
    await monitor.disconnect()
    await broker.close()
    await bare.remove()
  })

  it('an invalid line in a file stops the start, and the error names it', async () => {
    const bad = await provision()
    await bad.write({ passwd: `${bad.passwd}carol:hunter2\n` })
    await assert.rejects(start(bad), /passwd, line 7: "carol:" is not followed by a password hash/)
    await bad.write({ passwd: bad.passwd, acl: `${bad.acl}topic see home\n` })
    await assert.rejects(start(bad), /acl, line \d+: neither read, write, readwrite nor deny: see/)
    await rm(join(bad.folder, 'acl'))
    await assert.rejects(start(bad), /the access list cannot be read: .*acl/)
    await bad.remove()
  })

  it('the old files stay in force if the new ones are invalid or missing, and this is logged', async () => {
    const good = await provision()
    const broker = await start(good)
    const guest = await connectAs(broker.port, 'guest')
    for (const spoil of [
      () => good.write({ passwd: 'nonsense\n' }),
      () => good.write({ passwd: '', acl: 'nonsense\n' }),
      () => rm(join(good.folder, 'acl')),
      () => rm(join(good.folder, 'passwd')),
    ]) {
      lines.splice(0)
      await good.write({ passwd: good.passwd, acl: good.acl })
      await spoil()
      await broker.reload()
      assert.match(lines.join(''), /ERROR broker: reload failed: the old password file and access list stay in force error=/)
      await (await connectAs(broker.port, 'monitor')).disconnect()
      await guest.publish('home/kitchen/alert', 'still here')
    }
    await guest.disconnect()
    await broker.close()
    await good.remove()
  })

  it('close ends all connections and frees the port', async () => {
    const broker = await start(files)
    const guest = await connectAs(broker.port, 'guest', { clean: false })
    const silent = connect(broker.port, '127.0.0.1')
    await once(silent, 'connect')
    silent.on('error', () => {})
    await broker.close()
    await guest.closed
    if (!silent.closed) await once(silent, 'close')
    await assert.rejects(connectAs(broker.port, 'guest'))
    const next = await start(files, { port: broker.port })
    await next.close()
  })

  it('repeated unauthorized messages on a topic are logged once', async () => {
    const broker = await start(files)
    const sensor = await connectAs(broker.port, 'pi-kitchen')
    for (let i = 0; i < 5; i++) await sensor.publish('home/bedroom/temperature', '21')
    await sensor.disconnect()
    await broker.close()
    assert.equal(lines.filter((line) => line.includes('user=pi-kitchen topic=home/bedroom/temperature')).length, 1)
    assert.equal(broker.counts.denied, 5)
  })

  it('the log never contains a password', async () => {
    const broker = await start(files)
    await assert.rejects(connectAs(broker.port, 'guest', { password: 'my own secret' }))
    await (await connectAs(broker.port, 'guest')).disconnect()
    await broker.close()
    assert.match(lines.join(''), /login refused user=guest/)
    assert.doesNotMatch(lines.join(''), new RegExp(`my own secret|${passwordOf('guest')}`))
  })
})

describe('names with a meaning in JavaScript', () => {
  it('names like __proto__ are ordinary topics and users', async () => {
    const files = await provision()
    await writeFile(join(files.folder, 'acl'), `${files.acl}\nuser guest\ntopic readwrite __proto__/#\ntopic readwrite constructor\n`)
    const broker = await start(files)
    const guest = await connectAs(broker.port, 'guest', { clean: false })
    await guest.subscribe('__proto__/+', 'constructor')
    for (const topic of ['__proto__/toString', 'constructor']) {
      await guest.publish(topic, 'there', { retain: true })
      await guest.receive((message) => message.topic === topic)
    }
    await assert.rejects(connectAs(broker.port, '__proto__'), /Not authorized/)
    await guest.disconnect()
    await broker.close()
    await files.remove()
  })
})
