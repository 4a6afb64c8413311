import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeHouse } from '@hearthwatch/testhouse/judge'
import type { RuleDraft } from '../../rules/rule.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }
const silent: RuleDraft = { name: 'silent', condition: 'silent', for: 600 }

type House = ReturnType<typeof judgeHouse>

describe('A device that is offline', () => {
  const vip: RuleDraft = { ...offline, name: 'freezer-offline', rooms: 'freezer', severity: 'critical', for: 600, channels: ['sms'] }

  it('is told by each rule about its room, in its own time and by its own channels', (t) => {
    const house = judgeHouse(t, [offline, vip])
    for (const device of ['a', 'b']) house.alive(device, 0, { room: device === 'a' ? 'freezer' : 'hall' })
    for (const device of ['a', 'b']) house.saidOffline(device, 100)
    house.tick(104)
    assert.deepEqual(house.hears(), [])
    house.tick(105)
    assert.deepEqual(house.hears().sort(), ['firing offline freezer', 'firing offline hall'])
    house.tick(705)
    assert.deepEqual(house.hears(), ['firing freezer-offline freezer sms'])
    house.alive('a', 800)
    assert.deepEqual(house.hears(), ['resolved offline freezer', 'resolved freezer-offline freezer sms'])
  })

  it('is shown as offline also where no rule tells it', (t) => {
    const house = judgeHouse(t, [])
    house.readings('kitchen', 20, 0, 100)
    house.tick(191)
    assert.equal(house.store.devices.get('/kitchen')?.status, 'offline')
    assert.deepEqual(house.hears(), [])
  })

  it('is not what hides that it is too hot', (t) => {
    const house = judgeHouse(t, [tooHot, offline])
    house.reading('kitchen', 31, 0, { device: 'a' })
    house.saidOffline('a', 10)
    house.tick(15)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen', 'firing offline a'])
    assert.deepEqual(house.open(), ['firing too-hot kitchen/temperature/a', 'firing offline a'])
  })
})

describe('A series that has become silent', () => {
  const chatty = (house: House, from: number, to: number) => {
    for (let second = from; second <= to; second += 10) house.alive('a', second, { room: 'kitchen' })
  }

  it('is told where its device goes on talking, and is over with its next reading', (t) => {
    const house = judgeHouse(t, [offline, silent])
    house.readings('kitchen', 20, 0, 100, { device: 'a' })
    chatty(house, 110, 690)
    house.tick(699)
    assert.deepEqual(house.hears(), [])
    house.tick(700)
    assert.deepEqual(house.hears(), ['firing silent kitchen'])
    house.reading('kitchen', 20, 800, { device: 'a' })
    assert.deepEqual(house.hears(), ['resolved silent kitchen'])
  })

  it('is nobody’s loss where its device is offline: that is told, once', (t) => {
    const house = judgeHouse(t, [offline, silent])
    house.readings('kitchen', 20, 0, 100, { device: 'a' })
    for (let second = 110; second < 10_000; second += 30) house.tick(second)
    assert.deepEqual(house.hears(), ['firing offline a'])
  })

  it('has time to say its reading when its device is back', (t) => {
    const house = judgeHouse(t, [offline, silent])
    house.readings('kitchen', 20, 0, 100, { device: 'a' })
    house.tick(500)
    house.alive('a', 10_000, { room: 'kitchen' })
    house.tick(10_001)
    chatty(house, 10_010, 10_590)
    house.tick(10_595)
    assert.deepEqual(house.hears(), ['firing offline a', 'resolved offline a'])
    chatty(house, 10_600, 10_620)
    house.tick(10_620)
    assert.deepEqual(house.hears(), ['firing silent kitchen'])
  })

  it('is hidden by its device’s going offline, and neither repeated nor told as over then', (t) => {
    const house = judgeHouse(t, [offline, { ...silent, repeat: [10] }])
    house.readings('kitchen', 20, 0, 100, { device: 'a' })
    chatty(house, 110, 700)
    house.tick(700)
    house.saidOffline('a', 710)
    for (let second = 715; second < 5000; second += 15) house.tick(second)
    assert.deepEqual(house.hears(), ['firing silent kitchen', 'firing offline kitchen'])
    assert.equal(house.store.alerts.open('silent', 'kitchen/temperature/a')?.inhibited, 'offline')
  })

  it('is not what its device has measured in another room', (t) => {
    const house = judgeHouse(t, [silent])
    const info = (room: string) => ({ id: 'a', room, readings: [{ key: 'temperature', topic: `home/${room}/temperature` }] })
    house.alive('a', 0, { room: 'kitchen', info: info('kitchen') })
    house.readings('kitchen', 20, 0, 100, { device: 'a' })
    house.alive('a', 110, { room: 'bath', info: info('bath') })
    for (let second = 110; second < 2000; second += 10) {
      house.reading('bath', 20, second, { device: 'a' })
      house.tick(second)
    }
    assert.deepEqual(house.hears(), [])
  })

  it('is never one that was heard once or twice, by hand', (t) => {
    const house = judgeHouse(t, [silent])
    house.reading('kitchen', 20, 0, { quantity: 'humidity' })
    for (let second = 0; second < 5000; second += 10) house.reading('kitchen', 20, second)
    house.tick(5000)
    assert.deepEqual(house.hears(), [])
  })

  it('has three of its usual intervals, where it never says much', (t) => {
    const house = judgeHouse(t, [silent])
    for (let second = 0; second <= 7200; second += 1800) house.reading('attic', 20, second)
    for (let second = 7210; second < 7200 + 5400; second += 10) house.reading('attic', 50, second, { quantity: 'humidity' })
    house.tick(7200 + 5399)
    assert.deepEqual(house.hears(), [])
    house.tick(7200 + 5400)
    assert.deepEqual(house.hears(), ['firing silent attic'])
  })
})

describe('While the broker is away', () => {
  it('nobody is offline or silent; that it is away is one alert after a minute, over when it has been back for ten seconds', (t) => {
    const house = judgeHouse(t, [offline, silent])
    for (let room = 0; room < 20; room += 1) house.readings(`room-${room}`, 20, 0, 100)
    house.hear({ listeningSince: null, downSince: 110_000 })
    house.tick(169)
    assert.deepEqual(house.hears(), [])
    for (let second = 170; second < 5000; second += 10) house.tick(second)
    assert.deepEqual(house.hears(), ['firing broker '])
    assert.partialDeepStrictEqual([...house.store.alerts.allOpen()][0], { condition: 'broker', severity: 'critical', started: 110_000 })
    house.hear({ listeningSince: 5_000_000, downSince: null })
    house.tick(5009)
    assert.deepEqual(house.hears(), [])
    house.tick(5010)
    assert.deepEqual(house.hears(), ['resolved broker '])
    house.tick(5080)
    assert.deepEqual(house.hears(), [])
  })

  it('what is offline is not told again', (t) => {
    const house = judgeHouse(t, [{ ...offline, repeat: [5] }])
    house.alive('a', 0)
    house.saidOffline('a', 10)
    house.tick(15)
    house.hear({ listeningSince: null, downSince: 20_000 })
    for (let second = 20; second < 3000; second += 10) house.tick(second)
    assert.deepEqual(house.hears(), ['firing offline a', 'firing broker '])
  })

  it('goes on after a restart as the one alert that it is', (t) => {
    const house = judgeHouse(t, [])
    house.hear({ listeningSince: null, downSince: 0 })
    house.tick(60)
    house.restart(1800)
    house.hear({ listeningSince: null, downSince: 1_800_000 })
    for (let second = 1800; second < 2000; second += 10) house.tick(second)
    assert.deepEqual(house.hears(), ['firing broker '])
  })
})

describe('A clock that jumps', () => {
  it('back by a few seconds makes nobody offline or silent', (t) => {
    const house = judgeHouse(t, [offline, silent])
    house.readings('kitchen', 20, 0, 1000)
    house.tick(995)
    assert.deepEqual(house.hears(), [])
  })

  it('years ahead makes nobody offline or silent', (t) => {
    const house = judgeHouse(t, [offline, silent, { ...tooHot, noData: 'alert' }])
    for (let room = 0; room < 20; room += 1) house.readings(`room-${room}`, 20, 0, 100)
    const later = 10 * 365 * 86_400
    house.hear({ listeningSince: later * 1000 })
    house.tick(later)
    house.readings('room-0', 20, later, later + 80)
    house.tick(later + 89)
    assert.deepEqual(house.hears(), [])
  })

  it('and comes back makes nobody wait for years, neither who is offline nor who is to be told again', (t) => {
    const house = judgeHouse(t, [offline, { ...tooHot, repeat: [15] }])
    house.readings('kitchen', 20, 0, 100)
    const later = 10 * 365 * 86_400
    house.readings('kitchen', 31, later, later + 50)
    house.hear({ listeningSince: 200_000 })
    house.tick(200)
    assert.deepEqual(house.hears(), ['firing too-hot kitchen', 'repeat too-hot kitchen'])
    house.tick(200 + 3 * 86_400)
    assert.ok(house.hears().includes('firing offline kitchen'))
  })
})
