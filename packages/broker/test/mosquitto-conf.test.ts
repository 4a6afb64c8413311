import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { need } from '@hearthwatch/testhouse/need'
import { defaultLimits } from '../limits.ts'
import { startMosquittoHouse } from './houses.ts'
import { enter } from './visitor.ts'

const conf = await readFile(join(import.meta.dirname, '../../../mosquitto/mosquitto.conf'), 'utf8')

describe('mosquitto.conf', () => {
  const value = (option: string) => new RegExp(`^${option} (.*)$`, 'm').exec(conf)?.[1]

  it('sets the limits that the embedded broker has, too', () => {
    assert.equal(value('max_packet_size'), `${defaultLimits.packetBytes}`)
    assert.equal(value('max_queued_messages'), `${defaultLimits.session.messages}`)
    assert.equal(value('max_queued_bytes'), `${defaultLimits.session.bytes}`)
    assert.equal(value('max_inflight_messages'), `${defaultLimits.session.inflight}`)
    assert.equal(value('max_connections'), `${defaultLimits.sockets}`)
  })

  it('reads and writes nothing outside of the volumes', () => {
    const paths = conf.split('\n').flatMap((line) => (line.startsWith('#') ? [] : (line.match(/\/\S*/g) ?? [])))
    assert.equal(paths.length, 5)
    for (const path of paths) assert.match(path, /^\/mosquitto\/(secrets\/(passwd|acl|server\.(crt|key))|data\/)$/)
  })
})

describe('mosquitto.conf on a real Mosquitto', need('mosquitto'), () => {
  let house: Awaited<ReturnType<typeof startMosquittoHouse>>
  before(async () => {
    house = await startMosquittoHouse()
  })
  after(() => house?.stop())

  it('starts without a word of warning', () => {
    const complaints = house.output().match(/.*(warning|error|deprecated).*/gi) ?? []
    assert.deepEqual(
      complaints.filter((line) => !line.includes('run as root')),
      [],
    )
  })

  it('takes logins over TLS from whom trusts the authority', async () => {
    const sensor = await enter(house.securePort, 'pi-kitchen', { ca: house.ca })
    const monitor = await enter(house.port, 'monitor')
    await monitor.subscribe('home/#')
    await sensor.say('home/kitchen/alert', 'over TLS')
    await monitor.got(({ payload }) => payload === 'over TLS')
    await Promise.all([sensor.leave(), monitor.leave()])
    await assert.rejects(enter(house.securePort, 'pi-kitchen', { ca: house.ca, password: 'wrong' }), /Not authorized/)
    await assert.rejects(enter(house.securePort, 'pi-kitchen', { protocol: 'mqtts' }), /self-signed|unable to (get|verify)/)
  })

  it('keeps the monitor connected there as well when a sensor comes by its client id', async () => {
    const monitor = await enter(house.securePort, 'monitor', { ca: house.ca })
    const thief = await enter(house.securePort, 'pi-kitchen', { ca: house.ca, clientId: 'monitor' })
    await monitor.subscribe('home/#')
    await thief.say('home/kitchen/alert', 'still here?')
    await monitor.got(({ payload }) => payload === 'still here?')
    await Promise.all([monitor.leave(), thief.leave()])
  })

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    const handshake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((resolve, reject) => {
        const options = { port: house.securePort, host: '127.0.0.1', ca: house.ca, minVersion: version, maxVersion: version }
        // What this side would refuse by itself proves nothing about the other one.
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

  it('does not take who speaks plainly on the TLS port', async () => {
    await assert.rejects(enter(house.securePort, 'pi-kitchen', { connectTimeout: 5000 }))
  })
})
