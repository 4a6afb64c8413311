import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { startBroker } from '@hearthwatch/broker'
import { createLog } from '@hearthwatch/log'
import { passwordOf, provision } from './houses.ts'
import { enter } from './visitor.ts'

type Files = Awaited<ReturnType<typeof provision>>
const lines: string[] = []
const log = createLog('broker', 'debug', (line) => lines.push(line))
const start = (files: Files, rest: { port?: number; users?: Record<string, string> } = {}) =>
  startBroker({ host: '127.0.0.1', port: 0, passwordFile: join(files.folder, 'passwd'), aclFile: join(files.folder, 'acl'), log, ...rest })

describe('The embedded broker', () => {
  let files: Files
  beforeEach(() => lines.splice(0))
  before(async () => {
    files = await provision()
  })
  after(() => files.remove())

  it('says plainly that its port is taken', async () => {
    const first = await start(files)
    await assert.rejects(start(files, { port: first.port }), {
      code: 'EADDRINUSE',
      message: `the broker cannot have port ${first.port} of 127.0.0.1: another program has it`,
    })
    await first.close()
  })

  it('starts without a password file, lets in only who stands in `users`, and says what to do', async () => {
    const bare = await provision()
    await rm(join(bare.folder, 'passwd'))
    const broker = await start(bare, { users: { monitor: 'of this process' } })
    assert.match(lines.join(''), /nobody but monitor can connect.*npm run setup/)
    const monitor = await enter(broker.port, 'monitor', { password: 'of this process' })
    await assert.rejects(enter(broker.port, 'monitor'), /Not authorized/)
    await assert.rejects(enter(broker.port, 'guest'), /Not authorized/)
    await bare.write({ passwd: bare.passwd })
    await broker.reload()
    await (await enter(broker.port, 'guest')).leave()
    assert.equal(monitor.client.connected, true)
    await assert.rejects(enter(broker.port, 'monitor'), /Not authorized/, 'the password in the file is not the one of `users`')
    await monitor.leave()
    await broker.close()
    await bare.remove()
  })

  it('does not start with a wrong line in one of its files, and names it', async () => {
    const bad = await provision()
    await bad.write({ passwd: `${bad.passwd}carol:hunter2\n` })
    await assert.rejects(start(bad), /passwd, line 7: what follows "carol:" is no hash/)
    await bad.write({ passwd: bad.passwd, acl: `${bad.acl}topic see home\n` })
    await assert.rejects(start(bad), /acl, line \d+: neither read, write, readwrite nor deny: see/)
    await rm(join(bad.folder, 'acl'))
    await assert.rejects(start(bad), /the access list cannot be read: .*acl/)
    await bad.remove()
  })

  it('keeps to its files as they were when the new ones are wrong or gone, and says so', async () => {
    const house = await provision()
    const broker = await start(house)
    const guest = await enter(broker.port, 'guest')
    for (const spoil of [
      () => house.write({ passwd: 'nonsense\n' }),
      () => house.write({ passwd: '', acl: 'nonsense\n' }),
      () => rm(join(house.folder, 'acl')),
      () => rm(join(house.folder, 'passwd')),
    ]) {
      lines.splice(0)
      await house.write({ passwd: house.passwd, acl: house.acl })
      await spoil()
      await broker.reload()
      assert.match(lines.join(''), /ERROR broker: the password file and the access list stay as they were error=/)
      await (await enter(broker.port, 'monitor')).leave()
      await guest.say('home/kitchen/alert', 'still here')
    }
    await guest.leave()
    await broker.close()
    await house.remove()
  })

  it('closes everything it has opened', async () => {
    const broker = await start(files)
    const guest = await enter(broker.port, 'guest', { clean: false })
    const silent = connect(broker.port, '127.0.0.1')
    await once(silent, 'connect')
    silent.on('error', () => {})
    await broker.close()
    await guest.closed
    if (!silent.closed) await once(silent, 'close')
    await assert.rejects(enter(broker.port, 'guest'))
    const next = await start(files, { port: broker.port })
    await next.close()
  })

  it('says once, not each time, that a sensor may not write somewhere', async () => {
    const broker = await start(files)
    const sensor = await enter(broker.port, 'pi-kitchen')
    for (let i = 0; i < 5; i++) await sensor.say('home/bedroom/temperature', '21')
    await sensor.leave()
    await broker.close()
    assert.equal(lines.filter((line) => line.includes('user=pi-kitchen topic=home/bedroom/temperature')).length, 1)
    assert.equal(broker.counts.denied, 5)
  })

  it('never shows a password in its log', async () => {
    const broker = await start(files)
    await assert.rejects(enter(broker.port, 'guest', { password: 'my own secret' }))
    await (await enter(broker.port, 'guest')).leave()
    await broker.close()
    assert.match(lines.join(''), /login refused user=guest/)
    assert.doesNotMatch(lines.join(''), new RegExp(`my own secret|${passwordOf('guest')}`))
  })
})

describe('Names that mean something to JavaScript', () => {
  it('are names like all others', async () => {
    const files = await provision()
    await writeFile(join(files.folder, 'acl'), `${files.acl}\nuser guest\ntopic readwrite __proto__/#\ntopic readwrite constructor\n`)
    const broker = await start(files)
    const guest = await enter(broker.port, 'guest', { clean: false })
    await guest.subscribe('__proto__/+', 'constructor')
    for (const topic of ['__proto__/toString', 'constructor']) {
      await guest.say(topic, 'there', { retain: true })
      await guest.got((message) => message.topic === topic)
    }
    await assert.rejects(enter(broker.port, '__proto__'), /Not authorized/)
    await guest.leave()
    await broker.close()
    await files.remove()
  })
})
