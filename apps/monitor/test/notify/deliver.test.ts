import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { ann, ben, makeHouse, roomsIn, words } from '@hearthwatch/testhouse/delivery'
import { type Compose, composer } from '../../notify/text/compose.ts'
import type { Content } from '../../store/notifications.ts'

// Each has a house of its own, and mostly waits.
describe('Notifications', { concurrency: true }, () => {
  describe('What stands in the table', { concurrency: true }, () => {
    it('is told to each person in a mail of their own, and marked at once', async (t) => {
      const house = await makeHouse(t)
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

    it('is gathered for GROUP_WAIT, then sent once per GROUP_INTERVAL, all of it', async (t) => {
      const house = await makeHouse(t)
      const notify = house.start({ groupWait: 0.2 })
      for (let i = 0; i < 100; i++) house.add({ severity: 'critical' })
      notify.wake()
      const first = await house.inbox.next()
      for (let i = 0; i < 100; i++) house.add({ severity: 'critical' })
      notify.wake()
      house.forward(40)
      await delay(300)
      assert.equal(house.inbox.mails.length, 1)
      house.forward(30)
      const second = await house.inbox.next()
      assert.equal(new Set([...roomsIn(first), ...roomsIn(second)]).size, 200)
      assert.match(second.subject, /^100 alerts: /)
    })

    it('waits for its interval over a restart too', async (t) => {
      const house = await makeHouse(t)
      house.add()
      const notify = house.start()
      await house.inbox.next()
      await notify.close()
      house.add()
      house.start()
      await delay(200)
      assert.equal(house.inbox.mails.length, 1)
      house.forward(60)
      assert.deepEqual(roomsIn(await house.inbox.next()), ['room-2'])
    })

    it('waits while the monitor is still reading what it has missed', async (t) => {
      const house = await makeHouse(t)
      let held = true
      house.add()
      const notify = house.start({ held: () => held })
      await delay(100)
      assert.deepEqual([house.inbox.connections, house.states()], [0, ['pending']])
      held = false
      notify.wake()
      await house.inbox.next()
    })

    it('waits, with a word in the log, where there is no such channel', async (t) => {
      const house = await makeHouse(t)
      house.add({ channel: 'pigeon' })
      const warnings: unknown[] = []
      house.start({ log: { ...silent, warn: (...given) => warnings.push(given) } })
      assert.deepEqual(warnings, [['notifications wait for a channel that is not set up', { channel: 'pigeon', count: 1 }]])
    })

    it('goes out without its chart where that cannot be drawn', async (t) => {
      const house = await makeHouse(t)
      const compose: Compose = (draft) => {
        if (!draft.isBare) throw new Error('the readings make no sense')
        return composer({ words })(draft)
      }
      house.add()
      house.start({ compose })
      assert.deepEqual(roomsIn(await house.inbox.next()), ['room-1'])
    })

    it('is given up where it cannot be put into words; the rest goes out', async (t) => {
      const house = await makeHouse(t)
      house.add({ content: { kind: 'alert' } as Content, severity: 'critical' })
      house.add()
      house.start()
      await house.inbox.next()
      await house.until(() => house.states().join() === 'failed,sent')
    })
  })

  describe('A disk that is full', { concurrency: true }, () => {
    it('when a mail has been accepted does not make two of it: the mark is made when there is room', async (t) => {
      const house = await makeHouse(t)
      house.inbox.answers.mail = () => {
        house.db.pragma('query_only = 1')
        return undefined
      }
      house.add()
      house.start()
      await house.inbox.next()
      await delay(300)
      assert.deepEqual(house.states(), ['pending'])
      house.db.pragma('query_only = 0')
      await house.until(() => house.states().join() === 'sent')
      assert.equal(house.inbox.mails.length, 1)
    })

    it('when a mail should go out keeps it back', async (t) => {
      const house = await makeHouse(t)
      house.add()
      house.db.pragma('query_only = 1')
      const notify = house.start({ notifications: { ...house.notifications, recover: () => [] } })
      await delay(100)
      house.db.pragma('query_only = 0')
      notify.wake()
      await house.inbox.next()
      assert.equal(house.notifications.get(1)?.attempts, 1)
    })
  })

  describe('The end', { concurrency: true }, () => {
    it('waits for a mail on its way', async (t) => {
      const house = await makeHouse(t)
      let coming = () => {}
      const arrived = new Promise<void>((resolve) => {
        coming = resolve
      })
      house.inbox.answers.mail = async () => {
        coming()
        await delay(300)
        return undefined
      }
      house.add()
      const notify = house.start()
      await arrived
      await notify.close()
      assert.deepEqual(house.states(), ['sent'])
    })

    it('breaks off after a few seconds; the next start sends the same message again', async (t) => {
      const house = await makeHouse(t)
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
