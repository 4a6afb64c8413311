import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultFollow } from '../index.ts'
import { type Played, play } from './play.ts'

const fixtures = [
  'discovery-edge',
  'esphome',
  'ruuvi',
  'shelly-gen1',
  'shelly-gen2',
  'shelly-hass',
  'tasmota',
  'tasmota-hass',
  'theengs-omg',
  'zigbee2mqtt',
  'zigbee2mqtt-plain',
]

function conforms(name: string, follow: string): void {
  describe(`The traffic of ${name}`, () => {
    const played = play(name, follow)
    const { expected } = played
    const optional = new Set(expected.ignored.flatMap(({ at, optional }) => (optional ? [at] : [])))

    it('gives the readings that are expected, and no other', () => {
      const wanted = expected.readings.filter(({ device }) => device !== null)
      for (const reading of wanted) {
        const found = played.stored.filter(
          (one) => one.at === reading.at && one.device === reading.device && one.quantity === reading.quantity,
        )
        if (optional.has(reading.at) && found.length === 0) continue
        assert.equal(found.length, 1, `${reading.at} ${reading.device} ${reading.quantity}`)
        assert.ok(
          Math.abs((found[0]?.value ?? Number.NaN) - reading.value) < 0.01,
          `${reading.at}: ${found[0]?.value}, not ${reading.value}`,
        )
        assert.equal(found[0]?.time, reading.time, reading.at)
      }
      const isWanted = (one: Played['stored'][number]) =>
        optional.has(one.at) ||
        wanted.some(({ at, device, quantity }) => at === one.at && device === one.device && quantity === one.quantity)
      assert.deepEqual(
        played.stored.filter((one) => !isWanted(one)),
        [],
      )
    })

    it('gives each device its name, room, gateway and values', () => {
      for (const device of expected.devices) {
        const found = played.devices.get(device.id)
        assert.ok(found, device.id)
        assert.deepEqual(
          {
            name: found.facts.name,
            room: found.room,
            roomFrom: found.roomFrom,
            adapter: found.facts.adapter,
            via: found.facts.via,
            status: found.status,
            silentAfter: found.facts.silentAfter,
            quantities: [...found.values.keys()].sort(),
          },
          {
            name: device.name,
            room: device.room,
            roomFrom: device.roomFrom,
            adapter: device.adapter,
            via: device.via,
            status: device.status,
            silentAfter: device.silentAfter,
            quantities: Object.keys(device.quantities).sort(),
          },
        )
        for (const [quantity, { value }] of Object.entries(device.quantities))
          assert.ok(Math.abs((found.values.get(quantity) ?? Number.NaN) - value) < 0.01, `${device.id} ${quantity}`)
      }
      const listed = expected.devices.map(({ id }) => id)
      const others = [...played.devices].filter(([id, { values }]) => !listed.includes(id) && values.size > 0)
      assert.deepEqual(others, [])
    })

    it('shows the status that is expected after each line', () => {
      for (const { at, device, status } of expected.status) {
        const found = played.status.get(at.startsWith('retained') ? 'start' : at)?.get(device) ?? null
        assert.equal(found, status, `${at} ${device}`)
      }
    })

    it('lists what is not understood', () => {
      assert.deepEqual(played.notUnderstood.map(({ entity }) => entity).sort(), expected.notUnderstood.map(({ entity }) => entity).sort())
    })
  })
}

for (const name of fixtures) conforms(name, defaultFollow)
conforms('rtl433-plain', 'rtl_433')
