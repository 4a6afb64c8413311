import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { connect, createServer, type Server } from 'node:tls'
import { day } from '@hearthwatch/protocol/durations'
import { completePapers, type Papers, PapersError } from '../authority.ts'

const names = ['localhost', '127.0.0.1', '::1', 'hearth.local', 'fd00::10']
const now = Date.now()
const make = (found: Partial<Papers> = {}, wanted = names, time = now) => completePapers(found, wanted, time)
const { papers } = await make()
const dayOf = (time: string | number) => new Date(time).toISOString().slice(0, 10)

describe('the certificates', () => {
  it('name every host and address, and only a server', () => {
    const server = new X509Certificate(papers['server.crt'])
    for (const host of ['localhost', 'hearth.local']) assert.equal(server.checkHost(host), host)
    for (const ip of ['127.0.0.1', '::1', 'fd00::10']) assert.equal(server.checkIP(ip), ip)
    assert.equal(server.checkHost('elsewhere.local'), undefined)
    assert.deepEqual([server.ca, server.keyUsage], [false, ['1.3.6.1.5.5.7.3.1']])
    assert.ok(new X509Certificate(papers['ca.crt']).ca)
  })

  it('are on the curve P-256', () => {
    for (const file of ['ca.crt', 'server.crt'] as const)
      assert.equal(new X509Certificate(papers[file]).publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  })

  it('are good from an hour ago, for 825 days and ten years', () => {
    const ends = { 'ca.crt': now + 3650 * day, 'server.crt': now + 825 * day }
    for (const [file, end] of Object.entries(ends) as [keyof typeof ends, number][]) {
      const certificate = new X509Certificate(papers[file])
      assert.equal(Math.round((now - certificate.validFromDate.getTime()) / 60_000), 60)
      assert.equal(dayOf(certificate.validTo), dayOf(end))
    }
  })

  it('are different in every house', async () => {
    const { papers: others } = await make()
    assert.notEqual(new X509Certificate(others['ca.crt']).subject, new X509Certificate(papers['ca.crt']).subject)
  })
})

describe('a connection by these certificates', () => {
  let server: Server
  let port: number
  before(async () => {
    server = createServer({ cert: papers['server.crt'], key: papers['server.key'] }, (socket) => socket.end()).listen(0)
    // Who turns us down is no error of the server.
    server.on('tlsClientError', () => {})
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  const trust = async (ca: string, servername: string) => {
    const socket = connect({ port, host: 'localhost', ca, servername })
    try {
      await once(socket, 'secureConnect')
      return socket.authorized
    } finally {
      socket.destroy()
    }
  }

  it('is made by who trusts the authority', async () => {
    assert.ok(await trust(papers['ca.crt'], 'localhost'))
    assert.ok(await trust(papers['ca.crt'], 'hearth.local'))
  })

  it('is refused by who looks for another host, or trusts somebody else', async () => {
    await assert.rejects(trust(papers['ca.crt'], 'elsewhere.local'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await assert.rejects(trust((await make()).papers['ca.crt'], 'localhost'), { code: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/ })
  })
})

describe('a set of certificates', () => {
  it('stays as it is while it is good', async () => {
    assert.deepEqual(await make(papers), { papers, why: '' })
    assert.deepEqual(await make(papers, ['localhost']), { papers, why: '' })
    assert.equal((await make(papers, names, now + 794 * day)).why, '')
  })

  it('gets a new server certificate when fewer than 30 days are left, and keeps the authority', async () => {
    const { papers: later, why } = await make(papers, ['localhost'], now + 796 * day)
    assert.match(why, /^it would have ended on \d{4}-\d\d-\d\d$/)
    assert.deepEqual({ ...later, 'server.crt': '' }, { ...papers, 'server.crt': '' })
    const server = new X509Certificate(later['server.crt'])
    assert.equal(dayOf(server.validTo), dayOf(now + (796 + 825) * day))
    assert.equal(server.checkHost('hearth.local'), 'hearth.local', 'names that it had before stay')
  })

  it('gets one when a name is missing', async () => {
    const { papers: next, why } = await make(papers, [...names, '192.168.1.10'])
    assert.equal(why, 'it was without 192.168.1.10')
    assert.equal(new X509Certificate(next['server.crt']).checkIP('192.168.1.10'), '192.168.1.10')
    assert.equal(next['ca.crt'], papers['ca.crt'])
  })

  it('gets one when the server’s key is new or cannot be read', async () => {
    const { 'server.key': _, ...keyless } = papers
    for (const found of [keyless, { ...papers, 'server.key': '' }]) {
      const { papers: next } = await make(found)
      assert.ok(new X509Certificate(next['server.crt']).checkIssued(new X509Certificate(papers['ca.crt'])))
      assert.notEqual(next['server.crt'], papers['server.crt'])
    }
  })

  it('stays good for sensors with an old copy when the authority’s certificate is made again from its key', async () => {
    const { 'ca.crt': _, ...half } = papers
    const { papers: next, why } = await make(half)
    assert.notEqual(next['ca.crt'], papers['ca.crt'])
    assert.deepEqual([next['server.crt'], why], [papers['server.crt'], ''])
    const { papers: later } = await make(next, [...names, 'new.local'])
    const oldCopy = new X509Certificate(papers['ca.crt'])
    const server = new X509Certificate(later['server.crt'])
    assert.ok(server.checkIssued(oldCopy) && server.verify(oldCopy.publicKey))
  })

  it('renews the authority’s certificate in its last 30 days, and the server’s never outlives it', async () => {
    const { papers: old } = await make(papers, names, now + 3600 * day)
    assert.equal(old['ca.crt'], papers['ca.crt'])
    assert.equal(dayOf(new X509Certificate(old['server.crt']).validTo), dayOf(new X509Certificate(papers['ca.crt']).validTo))
    const { papers: fresh } = await make(old, names, now + 3625 * day)
    assert.equal(fresh['ca.key'], papers['ca.key'])
    assert.equal(dayOf(new X509Certificate(fresh['ca.crt']).validTo), dayOf(now + (3625 + 3650) * day))
  })

  it('gets along without the authority’s key, which may lie elsewhere, until something has to be signed', async () => {
    const { 'ca.key': _, ...keyless } = papers
    assert.deepEqual((await make(keyless)).papers, keyless)
    await assert.rejects(make(keyless, [...names, 'new.local']), PapersError)
    const foreign = { ...papers, 'ca.key': (await make()).papers['ca.key'] as string }
    await assert.rejects(make(foreign, [...names, 'new.local']), /ca\.key is not there, or not the key of ca\.crt/)
  })
})
