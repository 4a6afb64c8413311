import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RuleDraft } from '../../rules/rule.ts'
import { startJudge, type TestJudge } from './test-judge.ts'

const tooHot: RuleDraft = { name: 'too-hot', quantity: 'temperature', condition: 'above', limit: 30 }
const offline: RuleDraft = { name: 'offline', condition: 'offline' }
const silent: RuleDraft = { name: 'silent', condition: 'silent', for: 600 }

describe('A device that is offline', () => {
  const vip: RuleDraft = { ...offline, name: 'freezer-offline', rooms: 'freezer', severity: 'critical', for: 600, channels: ['sms'] }

  it('is notified by each rule of its room, after that rule’s time and on its channels', (t) => {
    const judge = startJudge(t, [offline, vip])
    for (const device of ['a', 'b']) judge.deviceSeen(device, 0, { room: device === 'a' ? 'freezer' : 'hall' })
    for (const device of ['a', 'b']) judge.deviceOffline(device, 100)
    judge.tick(104)
    assert.deepEqual(judge.notified(), [])
    judge.tick(105)
    assert.deepEqual(judge.notified().sort(), ['firing offline freezer', 'firing offline hall'])
    judge.tick(705)
    assert.deepEqual(judge.notified(), ['firing freezer-offline freezer sms'])
    judge.deviceSeen('a', 800)
    assert.deepEqual(judge.notified(), ['resolved offline freezer', 'resolved freezer-offline freezer sms'])
  })

  it('is shown as offline also without a rule', (t) => {
    const judge = startJudge(t, [])
    judge.readings('kitchen', 20, 0, 100)
    judge.tick(191)
    assert.equal(judge.store.devices.get('/kitchen')?.status, 'offline')
    assert.deepEqual(judge.notified(), [])
  })

  it('does not inhibit that its room is too hot', (t) => {
    const judge = startJudge(t, [tooHot, offline])
    judge.reading('kitchen', 31, 0, { device: 'a' })
    judge.deviceOffline('a', 10)
    judge.tick(15)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen', 'firing offline a'])
    assert.deepEqual(judge.open(), ['firing too-hot kitchen/temperature/a', 'firing offline a'])
  })
})

describe('A series that is silent', () => {
  const sendHeartbeats = (judge: TestJudge, from: number, to: number) => {
    for (let second = from; second <= to; second += 10) judge.deviceSeen('a', second, { room: 'kitchen' })
  }

  it('is notified if its device still sends messages, and resolves at its next reading', (t) => {
    const judge = startJudge(t, [offline, silent])
    judge.readings('kitchen', 20, 0, 100, { device: 'a' })
    sendHeartbeats(judge, 110, 690)
    judge.tick(699)
    assert.deepEqual(judge.notified(), [])
    judge.tick(700)
    assert.deepEqual(judge.notified(), ['firing silent kitchen'])
    judge.reading('kitchen', 20, 800, { device: 'a' })
    assert.deepEqual(judge.notified(), ['resolved silent kitchen'])
  })

  it('is not notified if its device is offline, which is notified once', (t) => {
    const judge = startJudge(t, [offline, silent])
    judge.readings('kitchen', 20, 0, 100, { device: 'a' })
    for (let second = 110; second < 10_000; second += 30) judge.tick(second)
    assert.deepEqual(judge.notified(), ['firing offline a'])
  })

  it('has its whole timeout to send a reading when its device is back', (t) => {
    const judge = startJudge(t, [offline, silent])
    judge.readings('kitchen', 20, 0, 100, { device: 'a' })
    judge.tick(500)
    judge.deviceSeen('a', 10_000, { room: 'kitchen' })
    judge.tick(10_001)
    sendHeartbeats(judge, 10_010, 10_590)
    judge.tick(10_595)
    assert.deepEqual(judge.notified(), ['firing offline a', 'resolved offline a'])
    sendHeartbeats(judge, 10_600, 10_620)
    judge.tick(10_620)
    assert.deepEqual(judge.notified(), ['firing silent kitchen'])
  })

  it('is inhibited when its device goes offline: neither repeated nor reported as resolved', (t) => {
    const judge = startJudge(t, [offline, { ...silent, repeat: [10] }])
    judge.readings('kitchen', 20, 0, 100, { device: 'a' })
    sendHeartbeats(judge, 110, 700)
    judge.tick(700)
    judge.deviceOffline('a', 710)
    for (let second = 715; second < 5000; second += 15) judge.tick(second)
    assert.deepEqual(judge.notified(), ['firing silent kitchen', 'firing offline kitchen'])
    assert.equal(judge.store.alerts.open('silent', 'kitchen/temperature/a')?.inhibited, 'offline')
  })

  it('is not reported if its device has moved to another room', (t) => {
    const judge = startJudge(t, [silent])
    const info = (room: string) => ({ id: 'a', room, readings: [{ key: 'temperature', topic: `home/${room}/temperature` }] })
    judge.deviceSeen('a', 0, { room: 'kitchen', info: info('kitchen') })
    judge.readings('kitchen', 20, 0, 100, { device: 'a' })
    judge.deviceSeen('a', 110, { room: 'bath', info: info('bath') })
    for (let second = 110; second < 2000; second += 10) {
      judge.reading('bath', 20, second, { device: 'a' })
      judge.tick(second)
    }
    assert.deepEqual(judge.notified(), [])
  })

  it('is not reported if it had only one or two readings', (t) => {
    const judge = startJudge(t, [silent])
    judge.reading('kitchen', 20, 0, { quantity: 'humidity' })
    for (let second = 0; second < 5000; second += 10) judge.reading('kitchen', 20, second)
    judge.tick(5000)
    assert.deepEqual(judge.notified(), [])
  })

  it('is reported after three of its usual intervals if these are long', (t) => {
    const judge = startJudge(t, [silent])
    for (let second = 0; second <= 7200; second += 1800) judge.reading('attic', 20, second)
    for (let second = 7210; second < 7200 + 5400; second += 10) judge.reading('attic', 50, second, { quantity: 'humidity' })
    judge.tick(7200 + 5399)
    assert.deepEqual(judge.notified(), [])
    judge.tick(7200 + 5400)
    assert.deepEqual(judge.notified(), ['firing silent attic'])
  })
})

describe('While the broker is down,', () => {
  it('no device is offline or silent: one alert fires after a minute, and resolves ten seconds after the connection returns', (t) => {
    const judge = startJudge(t, [offline, silent])
    for (let room = 0; room < 20; room += 1) judge.readings(`room-${room}`, 20, 0, 100)
    judge.setLink({ listeningSince: null, downSince: 110_000 })
    judge.tick(169)
    assert.deepEqual(judge.notified(), [])
    for (let second = 170; second < 5000; second += 10) judge.tick(second)
    assert.deepEqual(judge.notified(), ['firing broker '])
    assert.partialDeepStrictEqual([...judge.store.alerts.allOpen()][0], { condition: 'broker', severity: 'critical', started: 110_000 })
    judge.setLink({ listeningSince: 5_000_000, downSince: null })
    judge.tick(5009)
    assert.deepEqual(judge.notified(), [])
    judge.tick(5010)
    assert.deepEqual(judge.notified(), ['resolved broker '])
    judge.tick(5080)
    assert.deepEqual(judge.notified(), [])
  })

  it('an offline alert is not repeated', (t) => {
    const judge = startJudge(t, [{ ...offline, repeat: [5] }])
    judge.deviceSeen('a', 0)
    judge.deviceOffline('a', 10)
    judge.tick(15)
    judge.setLink({ listeningSince: null, downSince: 20_000 })
    for (let second = 20; second < 3000; second += 10) judge.tick(second)
    assert.deepEqual(judge.notified(), ['firing offline a', 'firing broker '])
  })

  it('a restart of the monitor raises no second broker alert', (t) => {
    const judge = startJudge(t, [])
    judge.setLink({ listeningSince: null, downSince: 0 })
    judge.tick(60)
    judge.restart(1800)
    judge.setLink({ listeningSince: null, downSince: 1_800_000 })
    for (let second = 1800; second < 2000; second += 10) judge.tick(second)
    assert.deepEqual(judge.notified(), ['firing broker '])
  })
})

describe('A clock that jumps', () => {
  it('back by a few seconds raises no offline or silent alert', (t) => {
    const judge = startJudge(t, [offline, silent])
    judge.readings('kitchen', 20, 0, 1000)
    judge.tick(995)
    assert.deepEqual(judge.notified(), [])
  })

  it('years ahead raises no offline or silent alert', (t) => {
    const judge = startJudge(t, [offline, silent, { ...tooHot, noData: 'alert' }])
    for (let room = 0; room < 20; room += 1) judge.readings(`room-${room}`, 20, 0, 100)
    const later = 10 * 365 * 86_400
    judge.setLink({ listeningSince: later * 1000 })
    judge.tick(later)
    judge.readings('room-0', 20, later, later + 80)
    judge.tick(later + 89)
    assert.deepEqual(judge.notified(), [])
  })

  it('years ahead and back delays neither offline alerts nor repeats by years', (t) => {
    const judge = startJudge(t, [offline, { ...tooHot, repeat: [15] }])
    judge.readings('kitchen', 20, 0, 100)
    const later = 10 * 365 * 86_400
    judge.readings('kitchen', 31, later, later + 50)
    judge.setLink({ listeningSince: 200_000 })
    judge.tick(200)
    assert.deepEqual(judge.notified(), ['firing too-hot kitchen', 'repeat too-hot kitchen'])
    judge.tick(200 + 3 * 86_400)
    assert.ok(judge.notified().includes('firing offline kitchen'))
  })
})
