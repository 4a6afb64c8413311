import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { LinkOptions } from '../link.ts'
import { type Broker, kinds } from './brokers.ts'
import { type Authority, createAuthority, type Pair } from './certificates.ts'
import { start } from './subject.ts'

const yesterday = new Date(Date.now() - 86_400_000)

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

    it('connects where the authority is ours', async (t) => {
      const { link, reached } = attempt(t, {})
      await reached('connected')
      await link.publish('a', 'b', { qos: 1, retain: false })
    })

    it('never connects to who shows a certificate of another authority', async (t) => {
      assert.match(await whyNot(t, { ca: stranger.certificate }), /of an authority that we do not trust/)
      assert.match(await whyNot(t, { ca: undefined }), /of an authority that we do not trust/)
    })

    it('never connects to who shows a certificate for another host', async (t) => {
      assert.match(await whyNot(t, { url: `mqtts://localhost:${broker.port}` }), /certificate is for another host name/)
    })

    it('never connects to who shows an expired certificate', async (t) => {
      assert.match(await whyNot(t, {}, expired), /certificate has expired, or our clock is wrong/)
    })

    it('never speaks plain MQTT to a TLS port, and says so', async (t) => {
      assert.match(await whyNot(t, { url: `mqtt://127.0.0.1:${broker.port}` }), /is it a TLS port/)
    })

    it('shows our own certificate where the broker wants one', async (t) => {
      const { reached } = attempt(t, { cert: ours.certificate, key: ours.key }, strict)
      await reached('connected')
      assert.match(await whyNot(t, {}, strict), /client certificate/)
    })

    it('says when a file is not what it should be', async (t) => {
      assert.match(await whyNot(t, { ca: 'not a certificate' }), /./)
      assert.match(await whyNot(t, { cert: 'no', key: 'no' }), /is not a PEM file/)
      assert.match(await whyNot(t, { cert: ours.certificate, key: stranger.key }), /the key does not belong to the certificate/)
    })
  })
}
