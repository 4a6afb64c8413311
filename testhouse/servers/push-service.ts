import assert from 'node:assert/strict'
import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto'
import { createRequire } from 'node:module'
import { vapidOf } from '../../apps/monitor/notify/channels/vapid.ts'
import type { Received } from './http-receiver.ts'

/** The counterpart of web-push, which has no types. */
const ece: { decrypt(body: Buffer, how: object): Buffer } = createRequire(import.meta.url)('http_ece')

/** The key pair of a house. */
export const exampleVapid = vapidOf(Buffer.alloc(32, 7))

/** A subscription of a browser, with the private key that only the browser has. */
export function newSubscription() {
  const pair = createECDH('prime256v1')
  const p256dh = pair.generateKeys('base64url')
  const auth = randomBytes(16).toString('base64url')
  return {
    keys: { p256dh, auth },

    /**
     * The message in a request to the push service, as the browser decrypts it.
     * @param key public key of the house
     * @throws AssertionError for a request that RFC 8030, 8291 or 8292 do not allow
     */
    // biome-ignore lint/suspicious/noExplicitAny: each test knows what was sent
    read({ method, headers, bytes }: Received, key: string): any {
      assert.equal(method, 'POST')
      assert.match(String(headers.ttl), /^\d+$/)
      assert.match(String(headers.urgency), /^(very-low|low|normal|high)$/)
      assert.equal(headers['content-encoding'], 'aes128gcm')
      assert.ok(bytes.length <= 4096, `${bytes.length} bytes`)
      checkVapid(headers, key)
      return JSON.parse(ece.decrypt(bytes, { version: 'aes128gcm', privateKey: pair, authSecret: auth }).toString())
    },
  }
}

function checkVapid({ authorization = '', host = '' }: Received['headers'], key: string): void {
  const [, token = '', given] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  assert.equal(given, key)
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' } })
  const [header = '', claims = '', signature = ''] = token.split('.')
  const signed = Buffer.from(`${header}.${claims}`)
  assert.ok(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  assert.equal(new URL(aud).host, host)
  assert.ok(exp * 1000 > Date.now() && exp * 1000 <= Date.now() + 86_400_000)
  assert.match(sub, /^(mailto:.+@.+\..+|https:)/)
}
