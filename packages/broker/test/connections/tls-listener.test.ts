import assert from 'node:assert/strict'
import { appendFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Broker, startBroker } from '@hearthwatch/broker'
import { withSensor } from '@hearthwatch/broker/edit-acl'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { silent } from '@hearthwatch/log'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import mqtt from 'mqtt'
import { passwordOf, provision } from '../brokers.ts'

describe('The port with TLS of the embedded broker', () => {
  let files: Awaited<ReturnType<typeof provision>>
  let broker: Broker
  before(async () => {
    files = await provision()
    const file = (name: string) => join(files.folder, name)
    broker = await startBroker({
      ...{ host: '127.0.0.1', port: 0, passwordFile: file('passwd'), aclFile: file('acl'), log: silent },
      tls: { host: '127.0.0.1', port: 0, certFile: file('server.crt'), keyFile: file('server.key') },
    })
  })
  after(async () => {
    await broker.close()
    await files.remove()
  })
  const connect = (ca: string, username = 'pi-kitchen') =>
    mqtt.connectAsync(`mqtts://127.0.0.1:${broker.tlsPort}`, { username, password: passwordOf(username), ca, reconnectPeriod: 0 })
  const issue = async () => {
    const authority = await createAuthority('Hearthwatch')
    const { certificate, key } = await authority.issue('127.0.0.1')
    await writeFile(join(files.folder, 'server.crt'), certificate)
    await writeFile(join(files.folder, 'server.key'), key)
    return authority.certificate
  }

  it('opens when there is a certificate, and shows a renewed one after a reload', async () => {
    assert.equal(broker.tlsPort, 0)
    const first = await issue()
    await broker.reload()
    await (await connect(first)).endAsync()
    const second = await issue()
    await broker.reload()
    await (await connect(second)).endAsync()
    await assert.rejects(connect(first))
  })

  it('an access list that setup has made comes before the committed one', async () => {
    await appendFile(join(files.folder, 'passwd'), `pi-new:${hashPassword(passwordOf('pi-new'))}\n`)
    await broker.reload()
    assert.deepEqual(broker.roomsOf('pi-new'), [])
    await writeFile(join(files.folder, 'list'), withSensor(files.acl, 'pi-new', 'attic'))
    await rename(join(files.folder, 'list'), join(files.folder, 'acl.made'))
    await broker.reload()
    assert.deepEqual(broker.roomsOf('pi-new'), ['attic'])
    await rm(join(files.folder, 'acl.made'))
  })
})
