import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { connect, createServer, type Server } from 'node:tls'
import { day } from '@hearthwatch/protocol/durations'
import { type CertificateFiles, CertificatesError, completeCertificates } from '../certificates/files.ts'

const names = ['localhost', '127.0.0.1', '::1', 'hearth.local', 'fd00::10']
const now = Date.now()
const make = (found: Partial<CertificateFiles> = {}, hosts = names, time = now) => completeCertificates(found, hosts, time)
const { files } = await make()
const dayOf = (time: string | number) => new Date(time).toISOString().slice(0, 10)

describe('new certificates', () => {
  it("the server's certificate contains every host and address, and is valid for a server only", () => {
    const server = new X509Certificate(files['server.crt'])
    for (const host of ['localhost', 'hearth.local']) assert.equal(server.checkHost(host), host)
    for (const ip of ['127.0.0.1', '::1', 'fd00::10']) assert.equal(server.checkIP(ip), ip)
    assert.equal(server.checkHost('elsewhere.local'), undefined)
    assert.deepEqual([server.ca, server.keyUsage], [false, ['1.3.6.1.5.5.7.3.1']])
    assert.ok(new X509Certificate(files['ca.crt']).ca)
  })

  it('both keys are on the curve P-256', () => {
    for (const file of ['ca.crt', 'server.crt'] as const)
      assert.equal(new X509Certificate(files[file]).publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  })

  it('the server is valid for 825 days and the authority for ten years, both from an hour ago', () => {
    const ends = { 'ca.crt': now + 3650 * day, 'server.crt': now + 825 * day }
    for (const [file, end] of Object.entries(ends) as [keyof typeof ends, number][]) {
      const certificate = new X509Certificate(files[file])
      assert.equal(Math.round((now - certificate.validFromDate.getTime()) / 60_000), 60)
      assert.equal(dayOf(certificate.validTo), dayOf(end))
    }
  })

  it('the authority is different in every installation', async () => {
    const { files: others } = await make()
    assert.notEqual(new X509Certificate(others['ca.crt']).subject, new X509Certificate(files['ca.crt']).subject)
  })
})

describe('a TLS connection with these certificates', () => {
  let server: Server
  let port: number
  before(async () => {
    server = createServer({ cert: files['server.crt'], key: files['server.key'] }, (socket) => socket.end()).listen(0)
    // A client that refuses the certificate is expected here.
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

  it('a client that trusts the authority connects', async () => {
    assert.ok(await trust(files['ca.crt'], 'localhost'))
    assert.ok(await trust(files['ca.crt'], 'hearth.local'))
  })

  it('a client that expects another host, or trusts another authority, refuses the connection', async () => {
    await assert.rejects(trust(files['ca.crt'], 'elsewhere.local'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await assert.rejects(trust((await make()).files['ca.crt'], 'localhost'), { code: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/ })
  })
})

describe('existing certificates', () => {
  it('valid certificates stay unchanged', async () => {
    assert.deepEqual(await make(files), { files, why: '' })
    assert.deepEqual(await make(files, ['localhost']), { files, why: '' })
    assert.equal((await make(files, names, now + 794 * day)).why, '')
  })

  it("the server's certificate is renewed within its last 30 days, and the authority stays", async () => {
    const { files: later, why } = await make(files, ['localhost'], now + 796 * day)
    assert.match(why, /^it would have ended on \d{4}-\d\d-\d\d$/)
    assert.deepEqual({ ...later, 'server.crt': '' }, { ...files, 'server.crt': '' })
    const server = new X509Certificate(later['server.crt'])
    assert.equal(dayOf(server.validTo), dayOf(now + (796 + 825) * day))
    assert.equal(server.checkHost('hearth.local'), 'hearth.local', 'names of the old certificate stay')
  })

  it("the server's certificate is renewed if a name is missing", async () => {
    const { files: next, why } = await make(files, [...names, '192.168.1.10'])
    assert.equal(why, 'it lacked 192.168.1.10')
    assert.equal(new X509Certificate(next['server.crt']).checkIP('192.168.1.10'), '192.168.1.10')
    assert.equal(next['ca.crt'], files['ca.crt'])
  })

  it("the server's certificate is renewed if its key is missing or unreadable", async () => {
    const { 'server.key': _, ...keyless } = files
    for (const found of [keyless, { ...files, 'server.key': '' }]) {
      const { files: next } = await make(found)
      assert.ok(new X509Certificate(next['server.crt']).checkIssued(new X509Certificate(files['ca.crt'])))
      assert.notEqual(next['server.crt'], files['server.crt'])
    }
  })

  it('sensors with an old copy of ca.crt trust certificates of an authority that was recreated from its key', async () => {
    const { 'ca.crt': _, ...half } = files
    const { files: next, why } = await make(half)
    assert.notEqual(next['ca.crt'], files['ca.crt'])
    assert.deepEqual([next['server.crt'], why], [files['server.crt'], ''])
    const { files: later } = await make(next, [...names, 'new.local'])
    const oldCopy = new X509Certificate(files['ca.crt'])
    const server = new X509Certificate(later['server.crt'])
    assert.ok(server.checkIssued(oldCopy) && server.verify(oldCopy.publicKey))
  })

  it("the authority has a successor in its last year, which signs nothing yet; the server's certificate ends no later than it", async () => {
    assert.equal((await make(files, names, now + 3284 * day)).files['ca-next.crt'], undefined)
    const { files: last } = await make(files, names, now + 3600 * day)
    assert.deepEqual([last['ca.crt'], last['ca.key']], [files['ca.crt'], files['ca.key']])
    assert.ok(new X509Certificate(last['server.crt']).checkIssued(new X509Certificate(files['ca.crt'])))
    assert.equal(dayOf(new X509Certificate(last['server.crt']).validTo), dayOf(new X509Certificate(files['ca.crt']).validTo))
    const next = new X509Certificate(last['ca-next.crt'] ?? '')
    assert.ok(next.ca && next.checkPrivateKey(createPrivateKey(last['ca-next.key'] ?? '')))
    assert.equal(dayOf(next.validTo), dayOf(now + (3600 + 3650) * day))
    assert.deepEqual((await make(last, names, now + 3610 * day)).files, last, 'it stays the same')
  })

  it('the successor takes the place of the authority in its last 30 days, and signs the server', async () => {
    const { files: last } = await make(files, names, now + 3600 * day)
    const { files: moved, why } = await make(last, names, now + 3625 * day)
    assert.deepEqual([moved['ca.crt'], moved['ca.key']], [last['ca-next.crt'], last['ca-next.key']])
    assert.deepEqual([moved['ca-next.crt'], moved['ca-next.key'], why], [undefined, undefined, 'it was signed by another authority'])
    assert.ok(new X509Certificate(moved['server.crt']).checkIssued(new X509Certificate(moved['ca.crt'])))
    const { 'ca-next.key': _, ...keyless } = last
    await assert.rejects(make(keyless, names, now + 3625 * day), CertificatesError)
  })

  it('an authority without a successor is renewed for the same key within its last 30 days', async () => {
    const { files: fresh } = await make(files, names, now + 3625 * day)
    assert.equal(fresh['ca.key'], files['ca.key'])
    assert.equal(dayOf(new X509Certificate(fresh['ca.crt']).validTo), dayOf(now + (3625 + 3650) * day))
  })

  it("the authority's key may be missing until a certificate must be signed", async () => {
    const { 'ca.key': _, ...keyless } = files
    assert.deepEqual((await make(keyless)).files, keyless)
    await assert.rejects(make(keyless, [...names, 'new.local']), CertificatesError)
    const foreign = { ...files, 'ca.key': (await make()).files['ca.key'] as string }
    await assert.rejects(make(foreign, [...names, 'new.local']), /ca\.key is missing or is not the key of ca\.crt/)
  })
})
