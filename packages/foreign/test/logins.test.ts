import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { allowed, parseAcl } from '@hearthwatch/broker/acl'
import { completeAcl } from '@hearthwatch/broker/edit-acl'
import { consoleTexts, followOf, isSameSpace, type LoginKind, loginKinds, rightsOf, topicOf, topicProblem } from '../logins.ts'

const committed = readFileSync(new URL('../../../mosquitto/acl', import.meta.url), 'utf8')

/** True for topics that this login may publish on, by the list that the brokers read. */
function mayWrite(kind: LoginKind, topic: string, name: string): (topic: string) => boolean {
  const acl = parseAcl(completeAcl(committed, undefined, { sensors: [], devices: [{ name, lines: rightsOf({ kind, topic, name }) }] }))
  return (to) => allowed(acl, { username: name, clientId: name, action: 'write', topic: to })
}

/** The topics that the devices of a fixture publish on, without those that others send to them. */
function published(fixture: string): string[] {
  const files = ['retained', 'traffic'].map((file) => readFileSync(new URL(`fixtures/${fixture}/${file}.jsonl`, import.meta.url), 'utf8'))
  const lines = files.flatMap((text) => text.split('\n').filter((line) => line !== ''))
  return [...new Set(lines.map((line) => (JSON.parse(line) as { topic: string }).topic))]
}

describe('The rights of a login', () => {
  const cases: [kind: LoginKind, fixture: string, topic: string, name: string, mine: RegExp][] = [
    ['tasmota', 'tasmota', 'boiler', 'boiler', /^(tele|stat)\/boiler\/|^tasmota\/discovery\//],
    ['esphome', 'esphome', 'office-node', 'office-node', /office-node/],
    ['shelly', 'shelly-gen2', 'shellyplusplugs-aabbccddee02', 'plug', /^shellyplusplugs-aabbccddee02\//],
    ['shelly-gen1', 'shelly-gen1', 'shellyht-A1B2C3', 'ht', /^shellies\/(shellyht-A1B2C3\/|announce$)/],
    ['zigbee2mqtt', 'zigbee2mqtt', 'zigbee2mqtt', 'zigbee2mqtt', /^zigbee2mqtt\/|^homeassistant\//],
    ['ruuvi', 'ruuvi', 'ruuvi', 'ruuvi', /^ruuvi\//],
    ['rtl_433', 'rtl433-plain', 'rtl_433', 'neighbour', /^rtl_433\//],
  ]
  for (const [kind, fixture, topic, name, mine] of cases) {
    it(`let ${kind} publish all recorded topics of its own, and no others`, () => {
      const may = mayWrite(kind, topic, name)
      const [own, others] = [published(fixture).filter((to) => mine.test(to)), published(fixture).filter((to) => !mine.test(to))]
      assert.ok(own.length > 1)
      assert.deepEqual(
        own.filter((to) => !may(to)),
        [],
      )
      assert.deepEqual(others.filter(may), [])
    })
  }

  it('never reach the sensors, the monitor, their announcements or the rooms', () => {
    const ours = [
      'home/kitchen/temperature',
      'home/kitchen/sensor/status',
      'device/pi-1/readings',
      'device/heartbeat',
      'monitor/status',
      'homeassistant/device/hearthwatch_pi-1/config',
    ]
    for (const kind of loginKinds.filter((one) => one !== 'homeassistant')) {
      const may = mayWrite(kind, topicOf(kind, 'larder') ?? 'cellar', 'larder')
      assert.deepEqual(ours.filter(may), [], kind)
    }
  })

  it('of Home Assistant cover its discovery and its reads of the house', () => {
    const lines = rightsOf({ kind: 'homeassistant', topic: 'homeassistant', name: 'ha' })
    const acl = parseAcl(completeAcl(committed, undefined, { sensors: [], devices: [{ name: 'ha', lines }] }))
    const may = (action: 'read' | 'write', topic: string) => allowed(acl, { username: 'ha', clientId: 'ha', action, topic })
    assert.ok(may('write', 'homeassistant/status') && may('read', 'homeassistant/device/hearthwatch_pi-1/config'))
    assert.ok(may('read', 'home/kitchen/temperature') && may('read', 'device/pi-1/status') && may('read', 'monitor/status'))
    assert.ok(!may('write', 'home/kitchen/temperature') && !may('read', 'device/pi-1/readings'))
  })
})

describe('The topic of a login', () => {
  it('is refused if a console or an address would read a part of it as something else', () => {
    for (const topic of ['', 'a b', 'a;Restart 1', 'a&b', 'a#', '+', "a'b", 'a/', '/a', '$SYS', 'a%20', 'x'.repeat(101)])
      assert.equal(topicProblem('shelly', topic), 'invalid', topic)
    assert.equal(topicProblem('tasmota', 'a/b'), 'invalid')
    assert.equal(topicProblem('zigbee2mqtt', 'flat/客廳'), null)
  })

  it('is refused if it belongs to others', () => {
    for (const topic of ['home', 'device', 'monitor', 'homeassistant', 'tele']) assert.equal(topicProblem('esphome', topic), 'taken', topic)
    assert.equal(topicProblem('zigbee2mqtt', 'home/zigbee'), 'taken')
    assert.equal(topicProblem('tasmota', 'home'), null, 'tele/home is below another level')
  })

  it('is the same for two logins if one is below the other', () => {
    assert.ok(isSameSpace({ kind: 'esphome', topic: 'attic' }, { kind: 'shelly', topic: 'attic/plug' }))
    assert.ok(!isSameSpace({ kind: 'esphome', topic: 'attic' }, { kind: 'tasmota', topic: 'attic' }))
    assert.ok(!isSameSpace({ kind: 'ruuvi', topic: 'ruuvi' }, { kind: 'ruuvi', topic: 'ruuvi' }), 'two gateways share it')
  })

  it('needs an entry in FOLLOW where the default does not follow it', () => {
    assert.equal(followOf({ kind: 'zigbee2mqtt', topic: 'zigbee2mqtt' }), null)
    assert.equal(followOf({ kind: 'zigbee2mqtt', topic: 'z2m' }), 'zigbee2mqtt=z2m')
    assert.equal(followOf({ kind: 'rtl_433', topic: 'rtl_433' }), 'rtl_433')
  })
})

describe('The lines for a console', () => {
  it('name host, port, user and password of each kind', () => {
    for (const kind of loginKinds) {
      const login = {
        name: 'larder',
        kind,
        topic: topicOf(kind, 'larder') ?? 'cellar',
        host: '192.168.1.5',
        port: 1884,
        tls: false,
        password: 'k7qm-x2dh',
      }
      const text = consoleTexts(login)
        .map((one) => one.text)
        .join('\n')
      for (const part of ['192.168.1.5', '1884', 'larder', 'k7qm-x2dh']) assert.ok(text.includes(part), `${kind}: ${part}`)
    }
  })
})
