import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { day } from '@hearthwatch/protocol/durations'
import { type Authority, createAuthority, type Pair } from '@hearthwatch/testhouse/certificates'
import type { LinkOptions } from '../link.ts'
import { type Broker, kinds } from './brokers.ts'
import { start } from './subject.ts'

const yesterday = new Date(Date.now() - day)

for (const kind of kinds) {
  describe(`TLS to ${kind.name}`, kind.need, () => {
    let authority: Authority
    let stranger: Authority
    let broker: Broker
    let expired: Broker
    let strict: Broker
    let ours: Pair
    before(async () => {
      authority = await createAuthority('house')
      stranger = await createAuthority('stranger')
      ours = await authority.issue('sensor')
      const pair = await authority.issue('127.0.0.1')
      broker = await kind.start(pair)
      expired = await kind.start(await authority.issue('127.0.0.1', yesterday))
      strict = await kind.start(pair, authority.certificate)
    })
    after(() => Promise.all([broker, expired, strict].map((each) => each?.end())))

    const attempt = (t: TestContext, options: Partial<LinkOptions>, to = broker) =>
      start(t, to.port, { url: `mqtts://127.0.0.1:${to.port}`, ca: authority.certificate, ...options })
    const whyNot = async (t: TestContext, options: Partial<LinkOptions>, to = broker) => {
      const { link, until, states } = attempt(t, options, to)
      const initially = link.why
      await until(() => link.why !== initially)
      assert.deepEqual(states, ['connecting'])
      return link.why
    }

    it('a link connects to a broker whose certificate its CA has signed', async (t) => {
      const { link, reached } = attempt(t, {})
      await reached('connected')
      await link.publish('a', 'b', { qos: 1, retain: false })
    })

    it('a certificate of another authority is refused', async (t) => {
      assert.match(await whyNot(t, { ca: stranger.certificate }), /the authority of the broker's certificate is not trusted/)
      assert.match(await whyNot(t, { ca: undefined }), /the authority of the broker's certificate is not trusted/)
    })

    it('a certificate for another host is refused', async (t) => {
      assert.match(await whyNot(t, { url: `mqtts://localhost:${broker.port}` }), /certificate is for another host name/)
    })

    it('an expired certificate is refused', async (t) => {
      assert.match(await whyNot(t, {}, expired), /certificate has expired, or our clock is wrong/)
    })

    it('plain MQTT to a TLS port fails, and the reason names the TLS port', async (t) => {
      assert.match(await whyNot(t, { url: `mqtt://127.0.0.1:${broker.port}` }), /is it a TLS port/)
    })

    it('a broker that requires a client certificate accepts ours', async (t) => {
      const { reached } = attempt(t, { cert: ours.certificate, key: ours.key }, strict)
      await reached('connected')
      assert.match(await whyNot(t, {}, strict), /client certificate/)
    })

    it('an invalid CA, certificate or key file is reported', async (t) => {
      assert.match(await whyNot(t, { ca: 'not a certificate' }), /./)
      assert.match(await whyNot(t, { cert: 'no', key: 'no' }), /is not a PEM file/)
      assert.match(await whyNot(t, { cert: ours.certificate, key: stranger.key }), /the key does not belong to the certificate/)
    })
  })
}
