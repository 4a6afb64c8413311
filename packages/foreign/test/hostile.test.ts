import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createForeign, defaultFollow, type Effect, nameOf, parseFollow, quantityFor } from '../index.ts'

const at = Date.UTC(2026, 0, 15)

function follow(setting = defaultFollow) {
  const parsed = parseFollow(setting)
  assert.ok(typeof parsed !== 'string', String(parsed))
  const foreign = createForeign(parsed)
  const publish = (topic: string, payload: unknown, retained = false): Effect[] =>
    foreign.take(topic, Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)), retained, at)
  const readings = (topic: string, payload: unknown) => publish(topic, payload).filter((effect) => effect.kind === 'reading')
  return { foreign, publish, readings }
}

const config = (id: string, more: object = {}) => ({
  dev: { ids: [id], name: id },
  stat_t: `x/${id}`,
  uniq_id: `${id}_t`,
  dev_cla: 'temperature',
  unit_of_meas: '°C',
  ...more,
})

describe('Announcements made to harm', () => {
  it('stop at 2,000 entities, and the known ones go on', () => {
    const { foreign, publish, readings } = follow()
    for (let i = 0; i < 2300; i += 1) publish(`homeassistant/sensor/d${i}/t/config`, config(`d${i}`))
    assert.equal(readings('x/d5', '21.5').length, 1)
    assert.equal(readings('x/d2200', '21.5').length, 0)
    assert.ok(foreign.filters().length < 2100)
    assert.ok(foreign.notUnderstood().length > 0 && foreign.notUnderstood().length <= 500)
    publish('homeassistant/sensor/d5/t/config', '')
    publish('homeassistant/sensor/late/t/config', config('late'))
    assert.equal(readings('x/late', '1').length, 1)
  })

  it('that change their state topic leave one topic behind', () => {
    const { foreign, publish } = follow()
    const before = foreign.filters().length
    for (let i = 0; i < 500; i += 1) publish('homeassistant/sensor/a/t/config', config('a', { stat_t: `x/${i}` }))
    assert.equal(foreign.filters().length, before + 1)
    assert.deepEqual(
      ['x/1', 'x/499'].map((topic) => foreign.wants(topic)),
      [false, true],
    )
  })

  it('larger than 64 KB are not understood, and deep ones or no JSON are nothing', () => {
    const { foreign, publish } = follow()
    publish('homeassistant/sensor/big/config', config('big', { name: 'x'.repeat(70_000) }))
    assert.match(foreign.notUnderstood()[0]?.why ?? '', /64 KB/)
    publish('homeassistant/sensor/deep/config', `${'['.repeat(30_000)}`)
    publish('homeassistant/sensor/deep2/config', `{"dev":${'{"ids":'.repeat(500)}1${'}'.repeat(500)}}`)
    publish('homeassistant/device/none/config', '{"cmps":7,"dev":null}')
    publish('homeassistant/sensor/odd/config', '{"stat_t":["a"],"dev":"x","avty":[1,null,{"t":5}],"dev_cla":{},"unit_of_meas":9}')
    assert.equal(foreign.notUnderstood().length, 1)
  })

  it('cannot name topics of ours, of the broker, or without a literal end', () => {
    const { foreign, publish, readings } = follow()
    for (const topic of [
      'home/kitchen/temperature',
      'device/pi-1/readings',
      'monitor/status',
      '$SYS/x',
      '#',
      'a/+',
      'a/#',
      '+/temperature#',
    ])
      publish(`homeassistant/sensor/${encodeURIComponent(topic).replaceAll('%', '')}/config`, config('a', { stat_t: topic }))
    assert.ok(!foreign.filters().some((filter) => /^(?:home|device|monitor|\$SYS|a)\b|^#$/.test(filter)))
    publish('homeassistant/sensor/wild/config', config('wild', { stat_t: '+/+/temperature' }))
    assert.equal(readings('home/kitchen/temperature', '21').length, 0)
    assert.equal(readings('shed/a/temperature', '21').length, 1)
  })

  it('of our own, and of Home Assistant, are an echo', () => {
    const { foreign, publish } = follow()
    const before = foreign.filters().length
    publish('homeassistant/sensor/a/config', config('a', { o: { name: 'Hearthwatch' } }))
    publish('homeassistant/sensor/b/config', config('b', { origin: { name: 'Home Assistant' } }))
    assert.equal(foreign.filters().length, before)
  })

  it('with a template that takes long or runs code change nothing', () => {
    const { foreign, publish } = follow()
    publish('homeassistant/sensor/a/config', config('a', { val_tpl: "{{ value_json.constructor.constructor('x')() }}" }))
    publish('homeassistant/sensor/b/config', config('b', { val_tpl: `{{ ${'('.repeat(900)} }}` }))
    assert.equal(foreign.notUnderstood().length, 2)
    assert.match(foreign.notUnderstood()[0]?.template ?? '', /constructor/)
  })
})

describe('Devices that resemble each other', () => {
  it('with one unique id on two nodes stay two', () => {
    const { publish, readings } = follow()
    for (const node of ['n1', 'n2']) publish(`homeassistant/sensor/${node}/t/config`, config(node, { uniq_id: 'ESPsensortemperature' }))
    assert.deepEqual(
      ['x/n1', 'x/n2'].flatMap((topic) => readings(topic, '20').map((effect) => 'device' in effect && effect.device)),
      ['n1', 'n2'],
    )
  })

  it('with one name and two identifiers stay two, and one with two temperatures numbers them', () => {
    assert.equal(quantityFor({}, 'a', 'temperature'), 'temperature')
    assert.equal(quantityFor({ a: 'temperature' }, 'b', 'temperature'), 'temperature_2')
    assert.equal(quantityFor({ a: 'temperature', b: 'temperature_2' }, 'b', 'temperature'), 'temperature_2')
    const full = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`e${i}`, `temperature_${i + 2}`]))
    assert.equal(quantityFor(full, 'one more', 'humidity'), null)
  })

  it('have ids without the characters of topics, in any script', () => {
    assert.equal(nameOf('a/b+c#d'), 'a-b-c-d')
    assert.equal(nameOf('客廳'), '客廳')
    assert.equal(nameOf('$SYS'), 'SYS')
    assert.equal(nameOf('\u0000\n'), null)
    assert.equal(nameOf('x'.repeat(100))?.length, 64)
  })
})

describe('Words in the place of a value', () => {
  it('give no reading, and prove that the device is alive', () => {
    const { publish } = follow()
    publish('homeassistant/sensor/a/config', config('a'))
    for (const word of ['null', 'unavailable', 'unknown', 'nan', 'None', '']) {
      const effects = publish('x/a', word)
      assert.ok(!effects.some(({ kind }) => kind === 'reading'), word)
      assert.ok(
        effects.some(({ kind }) => kind === 'life'),
        word,
      )
    }
    const [refused] = publish('x/a', '999')
    assert.equal(refused?.kind === 'refused' && refused.reason, 'out-of-range')
  })
})

describe('The setting FOLLOW', () => {
  it('names adapters, with a prefix of their own where it is not the usual one', () => {
    const { foreign } = follow('zigbee2mqtt=z2m, tasmota')
    assert.deepEqual(foreign.filters(), ['z2m/bridge/devices', 'z2m/bridge/state', 'tasmota/discovery/+/+'])
    assert.deepEqual(parseFollow('none'), [])
    assert.match(String(parseFollow('zigbee')), /no adapter/)
    assert.match(String(parseFollow('shelly=#')), /prefix/)
  })
})
