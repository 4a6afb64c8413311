import assert from 'node:assert/strict'
import type { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { networkUrls, publicUrlOf } from '../../../web/http/lan.ts'

const interfaces = {
  lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
  docker0: [{ address: '172.17.0.1', family: 'IPv4', internal: false }],
  eth1: [{ address: '169.254.1.2', family: 'IPv4', internal: false }],
  wlan0: [
    { address: '192.168.1.5', family: 'IPv4', internal: false },
    { address: 'fe80::1', family: 'IPv6', internal: false },
  ],
} as unknown as ReturnType<typeof networkInterfaces>
const open = { HTTP_HOST: '0.0.0.0', HTTP_PORT: 8080, DASHBOARD_PASSWORD: 'x' }

describe('The addresses of the page in the network', () => {
  for (const [what, settings, urls] of [
    ['are those of real interfaces where it listens on all', open, ['http://192.168.1.5:8080', 'http://169.254.1.2:8080']],
    [
      'begin with PUBLIC_URL',
      { ...open, PUBLIC_URL: 'https://house.example.org' },
      ['https://house.example.org', 'http://192.168.1.5:8080', 'http://169.254.1.2:8080'],
    ],
    ['are the one address on which it listens', { ...open, HTTP_HOST: '192.168.1.5' }, ['http://192.168.1.5:8080']],
    ['are none on loopback', { ...open, HTTP_HOST: '127.0.0.1' }, []],
    ['are none without a login', { HTTP_HOST: '0.0.0.0', HTTP_PORT: 8080 }, []],
    [
      'leave out a PUBLIC_URL that leads each machine to itself',
      { ...open, HTTP_HOST: 'localhost', PUBLIC_URL: 'http://127.0.0.1:8080' },
      [],
    ],
  ] as const)
    it(what, () => assert.deepEqual(networkUrls(settings, interfaces), urls))

  it('give the links in messages where PUBLIC_URL is not set', () => {
    assert.equal(publicUrlOf(open, interfaces), 'http://192.168.1.5:8080')
    assert.equal(publicUrlOf({ ...open, PUBLIC_URL: 'http://127.0.0.1:8080' }, interfaces), 'http://127.0.0.1:8080')
    assert.equal(publicUrlOf({ ...open, HTTP_HOST: '127.0.0.1' }, interfaces), undefined)
  })
})
