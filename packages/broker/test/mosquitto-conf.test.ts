import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { day } from '@hearthwatch/protocol/durations'
import { need } from '@hearthwatch/testhouse/need'
import { defaultLimits } from '../limits.ts'
import { startMosquittoWithOurConf } from './brokers.ts'
import { connectAs } from './test-client.ts'

const conf = await readFile(join(import.meta.dirname, '../../../mosquitto/mosquitto.conf'), 'utf8')

describe('mosquitto.conf', () => {
  const value = (option: string) => new RegExp(`^${option} (.*)$`, 'm').exec(conf)?.[1]

  it('mosquitto.conf has the same limits as the embedded broker', () => {
    assert.equal(value('max_packet_size'), `${defaultLimits.packetBytes}`)
    assert.equal(value('max_queued_messages'), `${defaultLimits.session.messages}`)
    assert.equal(value('max_queued_bytes'), `${defaultLimits.session.bytes}`)
    assert.equal(value('max_inflight_messages'), `${defaultLimits.session.inflight}`)
    assert.equal(value('max_connections'), `${defaultLimits.sockets}`)
    assert.equal(value('persistent_client_expiration'), `${defaultLimits.session.expiry / day}d`)
  })

  it('mosquitto.conf limits the memory, and leaves room for a full queue', () => {
    assert(Number(value('memory_limit')) >= 2 * defaultLimits.session.bytes)
  })

  it('mosquitto.conf names only paths inside the volumes', () => {
    const paths = conf.split('\n').flatMap((line) => (line.startsWith('#') ? [] : (line.match(/\/\S*/g) ?? [])))
    assert.equal(paths.length, 5)
    for (const path of paths) assert.match(path, /^\/mosquitto\/(secrets\/(passwd|acl|server\.(crt|key))|data\/)$/)
  })
})

describe('mosquitto.conf on a real Mosquitto', need('mosquitto'), () => {
  let broker: Awaited<ReturnType<typeof startMosquittoWithOurConf>>
  before(async () => {
    broker = await startMosquittoWithOurConf()
  })
  after(() => broker?.stop())

  it('Mosquitto starts without a warning', () => {
    const complaints = broker.output().match(/.*(warning|error|deprecated).*/gi) ?? []
    assert.deepEqual(
      complaints.filter((line) => !line.includes('run as root')),
      [],
    )
  })

  it('a client that trusts the authority can log in over TLS', async () => {
    const sensor = await connectAs(broker.securePort, 'pi-kitchen', { ca: broker.ca })
    const monitor = await connectAs(broker.port, 'monitor')
    await monitor.subscribe('home/#')
    await sensor.publish('home/kitchen/alert', 'over TLS')
    await monitor.receive(({ payload }) => payload === 'over TLS')
    await Promise.all([sensor.disconnect(), monitor.disconnect()])
    await assert.rejects(connectAs(broker.securePort, 'pi-kitchen', { ca: broker.ca, password: 'wrong' }), /Not authorized/)
    await assert.rejects(connectAs(broker.securePort, 'pi-kitchen', { protocol: 'mqtts' }), /self-signed|unable to (get|verify)/)
  })

  it('a sensor cannot disconnect the monitor by using its client id over TLS', async () => {
    const monitor = await connectAs(broker.securePort, 'monitor', { ca: broker.ca })
    const thief = await connectAs(broker.securePort, 'pi-kitchen', { ca: broker.ca, clientId: 'monitor' })
    await monitor.subscribe('home/#')
    await thief.publish('home/kitchen/alert', 'still here?')
    await monitor.receive(({ payload }) => payload === 'still here?')
    await Promise.all([monitor.disconnect(), thief.disconnect()])
  })

  it('TLS 1.2 and 1.3 are accepted, and TLS 1.1 is not', async () => {
    const handshake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((resolve, reject) => {
        const options = { port: broker.securePort, host: '127.0.0.1', ca: broker.ca, minVersion: version, maxVersion: version }
        // This security level lets the client offer TLS 1.1, so that the refusal comes from the server.
        const socket = connectTls({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
          resolve(socket.getProtocol())
          socket.destroy()
        })
        socket.once('error', reject)
      })
    assert.equal(await handshake('TLSv1.3'), 'TLSv1.3')
    assert.equal(await handshake('TLSv1.2'), 'TLSv1.2')
    await assert.rejects(handshake('TLSv1.1'), /alert protocol version/)
  })

  it('plain MQTT on the TLS port is refused', async () => {
    await assert.rejects(connectAs(broker.securePort, 'pi-kitchen', { connectTimeout: 5000 }))
  })
})
