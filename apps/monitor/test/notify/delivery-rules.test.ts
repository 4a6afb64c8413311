import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Severity } from '@hearthwatch/api/severity'
import type { Channel, Quiet } from '../../notify/channels/channel.ts'
import { localized } from '../../notify/text/localized.ts'
import { newAlert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { ann, ben, createDeliveryTestbed, type DeliveryTestbed, roomsIn } from './delivery.ts'

/** Quiet hours during the next hour of the test's clock. */
function anHour(house: DeliveryTestbed): Quiet {
  const minute = Math.floor(house.now() / 60_000) % 1440
  return { from: minute, until: (minute + 60) % 1440, days: new Set([0, 1, 2, 3, 4, 5, 6]), zone: 'UTC' }
}

const mailWith = (house: DeliveryTestbed, given: Partial<Channel>): Channel => ({ ...house.mailTo(house.inbox), ...given })

let lastId = 0
function alertIn(room: string) {
  lastId += 1
  const about = newAlert({ rule: 'damp', subject: room, condition: 'above', severity: 'warning', state: 'firing', started: Date.now() })
  return { id: lastId, ...about, room, quantity: 'humidity', value: 81, bound: 70 }
}
const step = (alert: ReturnType<typeof alertIn>, transition: 'firing' | 'repeat' | 'resolved', at: number): Content => ({
  kind: 'alert',
  transition,
  at,
  alert: transition === 'resolved' ? { ...alert, value: 60 } : alert,
})

// Each test has its own database and inbox, and mostly waits.
describe('The delivery rules', { concurrency: true }, () => {
  it('send only critical alerts in quiet hours; the others wait, across a restart, and are sent in one mail afterwards', async (t) => {
    const house = await createDeliveryTestbed(t)
    const quiet = anHour(house)
    const channels = () => [mailWith(house, { quiet })]
    const damp = alertIn('room-9')
    house.add({ content: step(damp, 'firing', house.now()) })
    house.add({ severity: 'info' })
    house.add({ severity: 'critical' })
    const notify = house.start({ channels: channels() })
    assert.deepEqual(roomsIn(await house.inbox.next()), ['room-3'])
    await house.until(() => house.states().join() === 'pending,pending,sent')
    const [, , first] = house.notifications.list()
    assert.ok((first?.held ?? 0) > house.now(), 'the API shows until when it waits')
    assert.equal(notify.channels()[0]?.quiet, true)
    await notify.close()
    house.start({ channels: channels() })
    house.forward(1800)
    house.add({ content: step(damp, 'resolved', house.now()) })
    await house.advance(10)
    assert.equal(house.inbox.mails.length, 1)
    house.forward(3600)
    const digest = await house.inbox.next()
    assert.equal(digest.subject.slice(0, 51), '2 alerts during quiet hours, 1 of them resolved: ro')
    assert.match(digest.text, /Resolved\n- room-9 {2}Humidity too high → 60% {2}after 30 min/)
    assert.deepEqual(roomsIn(digest), ['room-2', 'room-9'])
    await house.until(() => house.states().every((state) => state === 'sent'))
    assert.deepEqual(
      house.notifications.list().map(({ held }) => held),
      [null, null, null, null],
    )
  })

  it('warn once when a budget runs low, then send only critical alerts; the others fail with the reason', async (t) => {
    const house = await createDeliveryTestbed(t)
    const warnings: string[] = []
    house.start({ channels: [mailWith(house, { budget: { perMonth: 10 } })], groupInterval: 0 })
    const send = async (severity: Severity, recipient: string) => {
      house.add({ severity, recipient })
      house.forward(1)
      await house.until(() => !house.states().includes('pending'))
    }
    for (let i = 0; i < 10; i++) await send('warning', i % 2 === 0 ? ann : ben)
    assert.deepEqual(house.states(), [...Array(9).fill('sent'), 'failed'])
    assert.equal(house.errors()[9], 'Only critical alerts may use the last 1 of this month’s 10 messages.')
    for (const mail of house.inbox.mails) if (mail.text.includes('messages this month')) warnings.push(mail.text)
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /The channel mail has used 8 of its 10 messages this month/)
    await send('critical', ann)
    await send('critical', ann)
    assert.deepEqual(house.states().slice(10), ['sent', 'failed'])
    assert.equal(house.errors()[11], 'All 10 messages of this month are used up.')
    house.forward(32 * 24 * 3600)
    await send('warning', ann)
    assert.equal(house.states()[12], 'sent', 'the next month')
  })

  it('delete an alert unsent if it resolves while its group waits', async (t) => {
    const house = await createDeliveryTestbed(t)
    const short = alertIn('room-9')
    house.start({ groupWait: 5 })
    house.add({ content: step(short, 'firing', house.now()) })
    house.add()
    house.forward(2)
    house.add({ content: step(short, 'resolved', house.now()) })
    house.forward(4)
    assert.deepEqual(roomsIn(await house.inbox.next()), ['room-2'])
    await house.until(() => house.states().join() === 'sent')
  })

  it('report an alert that began and resolved during an outage once, as resolved', async (t) => {
    const house = await createDeliveryTestbed(t)
    await house.inbox.close()
    house.add()
    house.start({ groupInterval: 0 })
    await house.until(() => house.errors()[0] !== null)
    const damp = alertIn('room-9')
    house.add({ content: step(damp, 'firing', house.now()) })
    await house.advance(3)
    house.add({ content: step(damp, 'repeat', house.now()) })
    house.forward(2)
    house.add({ content: step(damp, 'resolved', house.now()) })
    const back = await house.restartInbox()
    await house.until(() => {
      if (back.mails.length < 2) house.forward(30)
      return back.mails.length === 2
    })
    const told = back.mails.find(({ text }) => text.includes('room-9'))
    assert.match(told?.subject ?? '', /^1 alert resolved: room-9 60%: humidity no longer too high/)
  })

  it('wait as long as the service asks for, up to an hour', async (t) => {
    const house = await createDeliveryTestbed(t)
    let tries = 0
    const { DeliveryError } = await import('../../notify/channels/channel.ts')
    const send = async () => {
      tries += 1
      if (tries === 1)
        throw new DeliveryError('later', localized('Too much at once, it says: wait ten minutes.', '太多了，請等十分鐘。'), {
          retryAfter: 600_000,
        })
    }
    house.start({ channels: [mailWith(house, { send })] })
    house.add()
    house.forward(1)
    await house.until(() => tries === 1 && house.errors()[0] !== null)
    await house.advance(590)
    assert.equal(tries, 1)
    house.forward(200)
    await house.until(() => house.states().join() === 'sent')
  })

  it('send the waiting messages of a paused channel at once when a test succeeds', async (t) => {
    const house = await createDeliveryTestbed(t)
    house.inbox.answers.login = () => '535 5.7.8 Username and password not accepted'
    house.add()
    const notify = house.start()
    await house.until(() => notify.channels()[0]?.paused === true)
    assert.match(notify.channels()[0]?.error?.en ?? '', /app password/)
    assert.match(notify.stuck() ?? '', /^mail: .*app password/)
    assert.match((await notify.test('mail'))?.en ?? '', /app password/)
    assert.equal(await notify.test('pigeon'), undefined)
    house.inbox.answers.login = undefined
    assert.equal(await notify.test('mail'), null)
    const mails = [await house.inbox.next(), await house.inbox.next(), await house.inbox.next()]
    assert.deepEqual(
      mails.slice(0, 2).map(({ subject, recipients }) => [subject, recipients]),
      [ann, ben].map((person) => ['Test: Hearthwatch can reach you here', [person]]),
    )
    assert.deepEqual(roomsIn(mails[2] as (typeof mails)[0]), ['room-1'])
    assert.deepEqual([notify.stuck(), notify.channels()[0]?.paused, notify.channels()[0]?.error], [null, false, null])
  })
})
