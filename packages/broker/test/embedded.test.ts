import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Broker, type Limits, startBroker } from '@hearthwatch/broker'
import { createLog } from '@hearthwatch/log'
import { defaultLimits } from '../limits.ts'
import { furnish, passwordOf } from './houses.ts'
import { enter, type Visitor } from './visitor.ts'

type Files = Awaited<ReturnType<typeof furnish>>
const lines: string[] = []
const log = createLog('broker', 'debug', (line) => lines.push(line))
const start = (files: Files, rest: { port?: number; users?: Record<string, string>; limits?: Partial<Limits> } = {}) =>
  startBroker({ host: '127.0.0.1', port: 0, passwordFile: join(files.folder, 'passwd'), aclFile: join(files.folder, 'acl'), log, ...rest })

describe('The embedded broker', () => {
  let files: Files
  beforeEach(() => lines.splice(0))
  before(async () => {
    files = await furnish()
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
    const bare = await furnish()
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
    const bad = await furnish()
    await bad.write({ passwd: `${bad.passwd}carol:hunter2\n` })
    await assert.rejects(start(bad), /passwd, line 7: what follows "carol:" is no hash/)
    await bad.write({ passwd: bad.passwd, acl: `${bad.acl}topic see home\n` })
    await assert.rejects(start(bad), /acl, line \d+: neither read, write, readwrite nor deny: see/)
    await rm(join(bad.folder, 'acl'))
    await assert.rejects(start(bad), /the access list cannot be read: .*acl/)
    await bad.remove()
  })

  it('keeps to its files as they were when the new ones are wrong or gone, and says so', async () => {
    const house = await furnish()
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

describe('The embedded broker under bad company', () => {
  let files: Files
  let broker: Broker
  let monitor: Visitor
  let count = 0
  before(async () => {
    files = await furnish()
    const session = { messages: 20, bytes: 10_000, inflight: 1000 }
    broker = await start(files, { limits: { sockets: 20, drainTimeout: 300, connectTimeout: 300, session, retainedMessages: 3 } })
    monitor = await enter(broker.port, 'monitor')
    await monitor.subscribe('home/#')
  })
  after(async () => {
    await monitor?.leave()
    await broker?.close()
    await files.remove()
  })
  const open = async (): Promise<Socket> => {
    const socket = connect(broker.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.resume()
    return socket
  }
  const othersAreServed = async () => {
    const sensor = await enter(broker.port, 'pi-kitchen')
    const payload = `served ${++count}`
    await sensor.say('home/kitchen/alert', payload)
    await monitor.got((message) => message.payload === payload)
    await sensor.leave()
  }
  const login = (user: string) => {
    const text = (value: string) => Buffer.concat([Buffer.from([0, Buffer.byteLength(value)]), Buffer.from(value)])
    const body = Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text('id'), text(user), text(passwordOf(user))])
    return Buffer.concat([Buffer.from([0x10, body.length]), body])
  }

  it('outlives random bytes, before a login and after it', async () => {
    for (let i = 0; i < 60; i++) {
      const socket = await open()
      if (i % 2) {
        socket.write(login('guest'))
        await once(socket, 'data')
      }
      socket.end(randomBytes(1 + ((i * 37) % 600)))
      if (!socket.closed) await once(socket, 'close')
    }
    await othersAreServed()
  })

  it('outlives every packet with any one byte changed', async () => {
    const packets = [
      login('guest'),
      Buffer.from('300d0004612f622f68656c6c6f2121', 'hex'),
      Buffer.from('3209000261620001786975', 'hex'),
      Buffer.from('820a00010005612f622f230100', 'hex'),
      Buffer.from('a207000100032f2b2f', 'hex'),
      Buffer.from('620200014002000150020001700200016202ffff', 'hex'),
      Buffer.from('c000e000', 'hex'),
      Buffer.from('f000', 'hex'),
    ]
    for (const packet of packets) {
      for (let at = 0; at < packet.length; at++) {
        const changed = Buffer.from(packet)
        changed[at] = (changed[at] as number) ^ (1 << (at % 8)) ^ 0x81
        const socket = await open()
        if (packet !== packets[0]) {
          socket.write(login('guest'))
          await once(socket, 'data')
        }
        socket.end(changed)
        if (!socket.closed) await once(socket, 'close')
      }
    }
    await othersAreServed()
  })

  it('closes who announces a huge packet, before it has come', async () => {
    const before = broker.counts.tooLarge
    for (const bytes of ['10ffffff7f', '30ffffffffff', '308180808000']) {
      const socket = await open()
      socket.write(Buffer.from(bytes, 'hex'))
      await once(socket, 'close')
    }
    assert.equal(broker.counts.tooLarge, before + 3)
    await othersAreServed()
  })

  it('closes who starts to say who he is and falls silent, or never says anything', async () => {
    const [half, mute] = await Promise.all([open(), open()])
    half.write(login('guest').subarray(0, 12))
    await Promise.all([once(half, 'close'), once(mute, 'close'), othersAreServed()])
  })

  it('takes only so many connections', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, open))
    await othersAreServed().catch(() => {})
    assert(broker.counts.tooMany > 0)
    await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
    await othersAreServed()
  })

  it('puts out who reads nothing of what he is sent, and lets nobody else wait for it', async () => {
    const frozen = await open()
    frozen.write(login('guest'))
    await once(frozen, 'data')
    frozen.pause()
    frozen.write(Buffer.concat([Buffer.from([0x82, 11, 0, 1, 0, 6]), Buffer.from('home/#'), Buffer.from([0])]))
    const talker = await enter(broker.port, 'pi-living')
    const other = await enter(broker.port, 'pi-fridge')
    const isOut = () => lines.some((line) => line.includes('user=guest error="drain timeout"'))
    for (let i = 0; !isOut(); i++) {
      if (i < 100) talker.client.publish('home/living room/alert', 'x'.repeat(200_000))
      await other.say('home/kitchen/alert', `${i}`)
    }
    frozen.destroy()
    await Promise.all([talker.leave(), other.leave()])
    await othersAreServed()
  })

  it('keeps only so much for a session that is away: the oldest', async () => {
    const away = await enter(broker.port, 'guest', { clean: false })
    await away.subscribe('home/+/alert')
    await away.leave()
    const sensor = await enter(broker.port, 'pi-kitchen')
    for (let i = 0; i < 30; i++) await sensor.say('home/kitchen/alert', `${i}`)
    const back = await enter(broker.port, 'guest', { clean: false })
    await back.got(({ payload }) => payload === '19')
    await sensor.say('home/kitchen/alert', 'last')
    await back.got(({ payload }) => payload === 'last')
    assert.deepEqual(
      back.inbox.map(({ payload }) => payload),
      [...Array.from({ length: 20 }, (_, i) => `${i}`), 'last'],
    )
    assert.equal(broker.counts.full, 10)
    await Promise.all([back.leave(), sensor.leave()])
    await (await enter(broker.port, 'guest')).leave()
  })

  it('retains only so many messages, and goes on to deliver them', async () => {
    const guest = await enter(broker.port, 'guest')
    await guest.subscribe('home/+/+')
    for (const quantity of ['a', 'b', 'c', 'd', 'a']) await guest.say(`home/attic/${quantity}`, 'new', { retain: true })
    await guest.got(({ topic }) => topic === 'home/attic/d')
    await guest.leave()
    const late = await enter(broker.port, 'guest')
    await late.subscribe('home/attic/+')
    // The one that was retained last comes last.
    await late.got(({ topic }) => topic === 'home/attic/a')
    assert.deepEqual(
      late.inbox.map(({ topic }) => topic.slice(-1)),
      ['b', 'c', 'a'],
    )
    for (const quantity of ['a', 'b', 'c']) await late.say(`home/attic/${quantity}`, '', { retain: true })
    await late.leave()
  })

  it('has limits that a house never reaches', () => {
    assert(defaultLimits.session.messages >= 100_000)
    assert(defaultLimits.retainedMessages >= 10_000)
    assert(defaultLimits.connectTimeout >= 10_000)
  })
})

describe('Names that mean something to JavaScript', () => {
  it('are names like all others', async () => {
    const files = await furnish()
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
