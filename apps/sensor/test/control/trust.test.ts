import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { fingerprintOf, PayloadError, takeTrust } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import { createAuthority } from '@hearthwatch/testhouse/certificates'
import { readConfig } from '../../config.ts'
import { openTrust } from '../../control/trust.ts'

const folder = mkdtempSync(join(tmpdir(), 'trust-'))
after(() => rmSync(folder, { recursive: true }))

const [present, next] = [await createAuthority('Present'), await createAuthority('Next')]
const own = await present.issue('pi-1')
writeFileSync(join(folder, 'ca.crt'), present.certificate)
writeFileSync(join(folder, 'client.crt'), own.certificate)
writeFileSync(join(folder, 'client.key'), own.key)

let count = 0
function configOf(env: Record<string, string> = {}) {
  count += 1
  const files = {
    MQTT_CA_FILE: join(folder, 'ca.crt'),
    MQTT_CERT_FILE: join(folder, 'client.crt'),
    MQTT_KEY_FILE: join(folder, 'client.key'),
  }
  return readConfig(
    {
      ROOM: 'kitchen',
      SENSOR_ID: 'pi-1',
      MQTT_URL: 'mqtts://hub.home.example:8883',
      OUTBOX_DIR: join(folder, `${count}`),
      ...files,
      ...env,
    },
    [],
  )
}
const shown = (pem: string) => fingerprintOf(pem)

describe('The trust of a sensor', () => {
  it('has the authority of the settings at first, and its own certificate', () => {
    const { report, ca, cert } = openTrust(configOf(), silent)
    assert.deepEqual(report, { authorities: shown(present.certificate), certificate: shown(own.certificate) })
    assert.ok(ca?.includes(present.certificate))
    assert.equal(cert, own.certificate)
  })

  it('keeps an offered authority beside the first one, also after a restart', () => {
    const config = configOf()
    const trust = openTrust(config, silent)
    assert.ok(trust.accept({ authorities: [next.certificate] }))
    assert.ok(!trust.accept({ authorities: [next.certificate] }), 'a second time changes nothing')
    for (const one of [trust, openTrust(config, silent)]) {
      assert.equal(one.report.authorities, `${shown(present.certificate)} ${shown(next.certificate)}`)
      assert.ok(one.ca?.includes(present.certificate) && one.ca.includes(next.certificate))
    }
  })

  it('forgets an authority that has ended, but no other one', () => {
    const config = configOf()
    openTrust(config, silent).accept({ authorities: [next.certificate] })
    const later = openTrust(config, silent, () => Date.now() + 2 * day)
    assert.equal(later.report.authorities, shown(present.certificate))
  })

  it('refuses what is no authority, and one that has ended', async () => {
    const lines: string[] = []
    const log = createLog('sensor', 'info', (line) => void lines.push(line))
    const trust = openTrust(configOf(), log)
    const { certificate } = await next.issue('hub.home.example')
    const garbage = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    assert.ok(!trust.accept({ authorities: [certificate, garbage] }))
    assert.equal(lines.filter((line) => /an offered authority was refused why="it is no (authority|certificate)"/.test(line)).length, 2)
    const later = openTrust(configOf(), log, () => Date.now() + 2 * day)
    assert.ok(!later.accept({ authorities: [next.certificate] }))
    assert.match(lines.at(-1) ?? '', /why="it has ended"/)
  })

  it('refuses every offer without TLS, and without an authority in the settings', () => {
    for (const env of [{ MQTT_URL: 'mqtt://hub.home.example:1883' }, { MQTT_CA_FILE: '' }] as Record<string, string>[]) {
      const lines: string[] = []
      const trust = openTrust(
        configOf(env),
        createLog('sensor', 'info', (line) => void lines.push(line)),
      )
      assert.equal(trust.report.authorities, '')
      assert.ok(!trust.accept({ authorities: [next.certificate] }))
      assert.match(lines.join(''), /an authority was offered and refused/)
    }
  })

  it('takes a renewed certificate for its own key, and refuses one for another key', async () => {
    const config = configOf()
    const trust = openTrust(config, silent)
    const { certificate: foreign } = await next.issue('pi-1')
    assert.ok(!trust.accept({ authorities: [], certificate: foreign }))
    assert.equal(trust.cert, own.certificate)
    const renewed = await next.issue('pi-1', new Date(Date.now() + 3 * day), own.key)
    assert.ok(trust.accept({ authorities: [], certificate: renewed.certificate }))
    for (const one of [trust, openTrust(config, silent)]) {
      assert.equal(one.cert, renewed.certificate)
      assert.equal(one.report.certificate, shown(renewed.certificate))
    }
  })

  it('comes out of a message of config, whose desired settings stay as they are', () => {
    const trust = { authorities: [next.certificate] }
    const both = takeTrust(Buffer.from(JSON.stringify({ id: 'a', MAX_RATE: 5, trust })))
    assert.deepEqual([both.offer, JSON.parse(both.rest.toString())], [trust, { id: 'a', MAX_RATE: 5 }])
    assert.equal(takeTrust(Buffer.from(JSON.stringify({ id: 'trust', trust }))).rest.length, 0)
    const plain = Buffer.from('{"id":"a","MAX_RATE":5}')
    assert.equal(takeTrust(plain).rest, plain)
    for (const wrong of [{ authorities: ['x'] }, { authorities: [], key: 'x' }, 'x', { authorities: Array(5).fill(next.certificate) }])
      assert.throws(() => takeTrust(Buffer.from(JSON.stringify({ id: 'trust', trust: wrong }))), PayloadError)
  })
})
