import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { type Compose, composer } from '../../notify/text/compose.ts'
import { newAlert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import { ann, ben, createDeliveryTestbed, roomsIn, words } from './delivery.ts'

// Each test has its own database and inbox, and mostly waits.
describe('Notifications', { concurrency: true }, () => {
  describe('The mails about one alert', { concurrency: true }, () => {
    it('are one thread: reminders and the end answer the first mail to the same person', async (t) => {
      const house = await createDeliveryTestbed(t)
      const about = (id: number, transition: 'firing' | 'repeat' | 'resolved'): Content => {
        const given = { subject: 's', rule: 'offline', condition: 'offline', state: 'firing', severity: 'warning', started: 1 } as const
        return { kind: 'alert', transition, alert: { id, ...newAlert(given), room: `room-${id}`, device: 'pi' }, at: house.now() }
      }
      const notify = house.start({ groupInterval: 0 })
      const mail = async (...contents: Content[]) => {
        for (const content of contents) house.add({ content })
        notify.wake()
        const { messageId = '', headers } = (await house.inbox.next()).parsed
        await house.until(() => house.states().every((state) => state === 'sent'))
        const references = [headers.get('references') ?? []].flat().join(' ')
        return { messageId, answers: headers.get('in-reply-to'), references }
      }
      const first = await mail(about(1, 'firing'))
      const second = await mail(about(2, 'firing'))
      assert.deepEqual([first.answers, first.references, second.answers], [undefined, '', undefined])
      const reminder = await mail(about(1, 'repeat'))
      assert.deepEqual([reminder.answers, reminder.references], [first.messageId, first.messageId])
      const end = await mail(about(1, 'resolved'), about(2, 'resolved'))
      assert.equal(end.answers, first.messageId)
      for (const { messageId } of [first, second, reminder]) assert.ok(end.references.includes(messageId))
      house.add({ content: about(1, 'resolved'), recipient: ben })
      notify.wake()
      assert.equal((await house.inbox.next()).parsed.headers.get('in-reply-to'), undefined, 'another person has no first mail')
    })
  })

  describe('A row of the notification table', { concurrency: true }, () => {
    it('is sent to each recipient in a mail of their own, and marked at once', async (t) => {
      const house = await createDeliveryTestbed(t)
      const changed: number[] = []
      const notify = house.start({ onChange: (ids) => changed.push(...ids) })
      house.add()
      house.add({ recipient: ben })
      notify.wake()
      const mails = [await house.inbox.next(), await house.inbox.next()]
      assert.deepEqual(
        mails.map(({ recipients }) => recipients),
        [[ann], [ben]],
      )
      await house.until(() => house.notifications.counts().sent === 2)
      const [second, first] = house.notifications.list()
      assert.equal(first?.subject, mails[0]?.subject)
      assert.equal(first?.attempts, 1)
      assert.ok(second?.sent !== null && second?.error === null)
      assert.deepEqual(changed.sort(), [1, 1, 2, 2], 'once when it goes out and once when it has')
    })

    it('is grouped with others for GROUP_WAIT, then sent at most once per GROUP_INTERVAL', async (t) => {
      const house = await createDeliveryTestbed(t)
      const notify = house.start({ groupWait: 0.2 })
      for (let i = 0; i < 100; i++) house.add({ severity: 'critical' })
      notify.wake()
      const first = await house.inbox.next()
      for (let i = 0; i < 100; i++) house.add({ severity: 'critical' })
      notify.wake()
      await house.advance(40)
      assert.equal(house.inbox.mails.length, 1)
      house.forward(30)
      const second = await house.inbox.next()
      assert.equal(new Set([...roomsIn(first), ...roomsIn(second)]).size, 100, '50 of each are listed')
      for (const { subject, text } of [first, second]) {
        assert.match(subject, /^100 alerts: /)
        assert.match(text, /… and 50 more/)
      }
    })

    it('waits for its interval across a restart, too', async (t) => {
      const house = await createDeliveryTestbed(t)
      house.add()
      const notify = house.start()
      await house.inbox.next()
      await notify.close()
      house.add()
      house.start()
      await house.advance(0)
      assert.equal(house.inbox.mails.length, 1)
      house.forward(60)
      assert.deepEqual(roomsIn(await house.inbox.next()), ['room-2'])
    })

    it('waits while the monitor receives the messages that it missed', async (t) => {
      const house = await createDeliveryTestbed(t)
      let held = true
      house.add()
      const notify = house.start({ held: () => held })
      await house.advance(0)
      assert.deepEqual([house.inbox.connections, house.states()], [0, ['pending']])
      held = false
      notify.wake()
      await house.inbox.next()
    })

    it('waits, with a log line, if its channel does not exist', async (t) => {
      const house = await createDeliveryTestbed(t)
      house.add({ channel: 'pigeon' })
      const warnings: unknown[] = []
      house.start({ log: { ...silent, warn: (...given) => warnings.push(given) } })
      assert.deepEqual(warnings, [['notifications wait for a channel that is not set up', { channel: 'pigeon', count: 1 }]])
    })

    it('is sent without its chart if the chart cannot be drawn', async (t) => {
      const house = await createDeliveryTestbed(t)
      const compose: Compose = (draft) => {
        if (!draft.isBare) throw new Error('the readings make no sense')
        return composer({ words })(draft)
      }
      house.add()
      house.start({ compose })
      assert.deepEqual(roomsIn(await house.inbox.next()), ['room-1'])
    })

    it('is given up if it cannot be rendered; the other rows are sent', async (t) => {
      const house = await createDeliveryTestbed(t)
      house.add({ content: { kind: 'alert' } as Content, severity: 'critical' })
      house.add()
      house.start()
      await house.inbox.next()
      await house.until(() => house.states().join() === 'failed,sent')
    })
  })

  describe('A full disk', { concurrency: true }, () => {
    it('does not cause a second mail: the result of the first is written once there is space', async (t) => {
      const house = await createDeliveryTestbed(t)
      house.inbox.answers.mail = () => {
        house.db.pragma('query_only = 1')
        return undefined
      }
      house.add()
      let tries = 0
      const markSent: typeof house.notifications.markSent = (...given) => {
        tries += 1
        house.notifications.markSent(...given)
      }
      house.start({ notifications: { ...house.notifications, markSent } })
      await house.inbox.next()
      await house.until(() => tries > 0)
      assert.deepEqual(house.states(), ['pending'])
      house.db.pragma('query_only = 0')
      await house.until(() => house.states().join() === 'sent')
      assert.equal(house.inbox.mails.length, 1)
    })

    it('delays a mail that has not been sent', async (t) => {
      const house = await createDeliveryTestbed(t)
      house.add()
      house.db.pragma('query_only = 1')
      let failures = 0
      const log = { ...silent, error: () => void failures++ }
      const notify = house.start({ notifications: { ...house.notifications, recover: () => [] }, log })
      await house.until(() => failures > 0)
      house.db.pragma('query_only = 0')
      notify.wake()
      await house.inbox.next()
      assert.equal(house.notifications.get(1)?.attempts, 1)
    })
  })

  describe('The end of the monitor', { concurrency: true }, () => {
    it('waits for a mail that is being sent', async (t) => {
      const house = await createDeliveryTestbed(t)
      const arrived = Promise.withResolvers<void>()
      const accepted = Promise.withResolvers<undefined>()
      house.inbox.answers.mail = () => {
        arrived.resolve()
        return accepted.promise
      }
      house.add()
      const notify = house.start()
      await arrived.promise
      const closed = notify.close()
      accepted.resolve(undefined)
      await closed
      assert.deepEqual(house.states(), ['sent'])
    })

    it('aborts a mail after a few seconds; the next start sends the same message again', async (t) => {
      const house = await createDeliveryTestbed(t)
      house.inbox.answers.mail = (_, keep) => {
        keep()
        return 'silent'
      }
      house.add()
      house.add()
      const notify = house.start()
      const first = await house.inbox.next()
      await notify.close()
      house.inbox.answers.mail = undefined
      house.add()
      house.forward(1)
      house.start()
      const second = await house.inbox.next()
      assert.equal(second.messageId, first.messageId)
      assert.equal(second.text, first.text)
    })
  })
})
