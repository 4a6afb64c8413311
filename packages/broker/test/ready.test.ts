import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import mqtt from 'mqtt'
import { hashPassword } from '../access/passwd.ts'
import { type Broker, startBroker } from '../index.ts'

describe('an embedded broker before `ready` resolves', () => {
  const { promise: ready, resolve: open } = Promise.withResolvers<void>()
  let folder: string
  let broker: Broker
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ready-'))
    await writeFile(join(folder, 'acl'), 'user monitor\ntopic readwrite #\nuser guest\ntopic readwrite home/#\n')
    await writeFile(join(folder, 'passwd'), `guest:${hashPassword('guest')}\n`)
    broker = await startBroker({
      host: '127.0.0.1',
      port: 0,
      passwordFile: join(folder, 'passwd'),
      aclFile: join(folder, 'acl'),
      users: { monitor: 'monitor' },
      ready,
      log: silent,
    })
  })
  after(async () => {
    await broker.close()
    await rm(folder, { recursive: true, force: true })
  })
  const connect = (user: string) =>
    mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { username: user, password: user, reconnectPeriod: 0 })

  it('a user of the password file is admitted only after the monitor has subscribed', async () => {
    let isConnected = false
    const guest = connect('guest').then((client) => {
      isConnected = true
      return client
    })
    const monitor = await connect('monitor')
    const received = new Promise((resolve) => monitor.once('message', (_, payload) => resolve(payload.toString())))
    await monitor.subscribeAsync('home/+/+', { qos: 1 })
    assert.equal(isConnected, false)
    open()
    await (await guest).publishAsync('home/kitchen/temperature', '21', { qos: 1 })
    assert.equal(await received, '21')
    await Promise.all([monitor.endAsync(), (await guest).endAsync()])
  })
})
