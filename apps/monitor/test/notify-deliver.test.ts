import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { type Inbox, type Mail, startInbox } from '../../../test/inbox.ts'
import type { Channel } from '../notify/channel.ts'
import { type NotifyOptions, startNotify } from '../notify/deliver.ts'
import { createMail } from '../notify/mail.ts'
import { createWords } from '../notify/words.ts'
import type { Severity } from '../store/alerts.ts'
import { openDatabase } from '../store/database.ts'
import { type Content, storeNotifications } from '../store/notifications.ts'

const words = createWords({ language: 'en', timeZone: 'Asia/Taipei' })
const ann = 'ann@example.org'
const ben = 'ben@example.org'

/** A table, an inbox and a clock that can be set; `start` starts (again) to tell people. */
async function makeHouse(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'))
  const db = openDatabase(join(folder, 'test.db'))
  const notifications = storeNotifications(db)
  const inbox = await startInbox()
  const clock = { ahead: 0 }
  const now = () => Date.now() + clock.ahead
  const inboxes = [inbox]
  let running: ReturnType<typeof startNotify> | undefined
  t.after(async () => {
    await running?.close()
    for (const each of inboxes) await each.close()
    db.close()
    await rm(folder, { recursive: true })
  })

  const mailTo = (to: Inbox, name = 'mail'): Channel => ({
    ...createMail({
      url: to.url.replace('//', '//ann:secret@'),
      from: 'house@example.org',
      recipients: [ann, ben],
      patience: { connecting: 9000, silence: 9000, whole: 9000 },
    }),
    name,
  })
  let count = 0

  return {
    db,
    notifications,
    inbox,
    now,
    mailTo,
    async anotherInbox() {
      const another = await startInbox()
      inboxes.push(another)
      return another
    },
    async comesBack() {
      const back = await startInbox({ port: inbox.port })
      inboxes.push(back)
      return back
    },
    /** Adds a row; its room is its name in the mail. */
    add(given: { room?: string; recipient?: string; severity?: Severity; channel?: string; content?: Content } = {}): void {
      count += 1
      const { room = `room-${count}`, recipient = ann, severity = 'warning', channel = 'mail' } = given
      const content: Content = given.content ?? { kind: 'late-text', room, text: 'warm', count: 1, first: now(), last: now() }
      notifications.add({ event: `event-${count}`, channel, recipient, severity, content, created: now() })
    },
    start(options: Partial<NotifyOptions> = {}) {
      running = startNotify({
        notifications,
        channels: [mailTo(inbox)],
        words,
        groupWait: 0,
        groupInterval: 60,
        now,
        log: silent,
        ...options,
      })
      return running
    },
    forward(seconds: number) {
      clock.ahead += seconds * 1000
      running?.wake()
    },
    /** Waits until the rows are as wished. */
    async until(wished: () => boolean): Promise<void> {
      for (const end = Date.now() + 10_000; !wished(); await delay(5)) assert.ok(Date.now() < end, JSON.stringify(notifications.list()))
    },
    states: () =>
      notifications
        .list()
        .map(({ state }) => state)
        .reverse(),
    errors: () =>
      notifications
        .list()
        .map(({ error }) => error)
        .reverse(),
  }
}

const roomsIn = (mail: Mail) => [...mail.text.matchAll(/room-\d+(?=: )/g)].map(([room]) => room)

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

    it('is given up where it cannot be put into words; the rest goes out', async (t) => {
      const house = await makeHouse(t)
      house.add({ content: { kind: 'alert' } as Content, severity: 'critical' })
      house.add()
      house.start()
      await house.inbox.next()
      await house.until(() => house.states().join() === 'failed,sent')
    })
  })

  describe('A mail that is not taken', { concurrency: true }, () => {
    for (const [what, answers] of Object.entries({
      'put off (450)': { recipient: () => '450 4.2.1 Mailbox busy' },
      'put off after the final dot (451)': { mail: () => '451 4.3.0 Try later' },
      'dropped after the final dot': {
        mail: (_: Mail, keep: () => void) => {
          keep()
          return 'drop'
        },
      },
      'met by a closed door (421)': { greeting: () => '421 4.3.2 Closed' },
    })) {
      it(`and ${what} goes out again after 30 s, as the same message with the same rows`, async (t) => {
        const house = await makeHouse(t)
        const ids: string[] = []
        Object.assign(house.inbox.answers, answers)
        house.add()
        house.add()
        house.start()
        await house.until(() => house.errors().every((error) => error !== null))
        assert.deepEqual(house.states(), ['pending', 'pending'])
        for (const { messageId } of house.inbox.mails.splice(0)) ids.push(messageId)
        Object.assign(house.inbox.answers, { greeting: undefined, recipient: undefined, mail: undefined })
        house.add()
        house.forward(20)
        await delay(150)
        assert.equal(house.inbox.mails.length, 0, 'not before')
        house.forward(20)
        const mail = await house.inbox.next()
        assert.deepEqual(roomsIn(mail), ['room-1', 'room-2'])
        assert.deepEqual([...new Set([...ids, mail.messageId])], [mail.messageId])
        await house.until(() => house.states().join() === 'sent,sent,pending')
        assert.equal(house.notifications.get(1)?.attempts, 2)
        assert.equal(house.notifications.get(1)?.error, null)
      })
    }

    it('and refused (550) is given up for this person, who is shown why; others get theirs', async (t) => {
      const house = await makeHouse(t)
      house.inbox.answers.recipient = (address) => (address === ann ? '550 5.1.1 Nobody of that name' : undefined)
      house.add()
      house.add({ recipient: ben })
      house.start()
      assert.deepEqual((await house.inbox.next()).recipients, [ben])
      await house.until(() => house.states().join() === 'failed,sent')
      assert.match(house.errors()[0] ?? '', /refused the mail to ann@example\.org\. It said: 550 5\.1\.1 Nobody of that name/)
      house.forward(7 * 24 * 3600)
      await delay(100)
      assert.equal(house.inbox.mails.length, 1)
    })

    it('for want of a password pauses the channel: the queue is kept, told why, and tried every 10 minutes and at each start', async (t) => {
      const house = await makeHouse(t)
      let tries = 0
      house.inbox.answers.login = () => {
        tries += 1
        return '535 5.7.8 Username and password not accepted'
      }
      house.add()
      const notify = house.start()
      await house.until(() => house.errors()[0] !== null)
      house.add()
      house.forward(9 * 60)
      await delay(150)
      assert.equal(tries, 1)
      house.forward(60)
      await house.until(() => tries === 2)
      await house.until(() => house.states().join() === 'pending,pending')
      assert.match(house.errors()[0] ?? '', /app password/)
      await notify.close()
      house.inbox.answers.login = undefined
      house.start()
      assert.deepEqual(roomsIn(await house.inbox.next()), ['room-1'])
      assert.deepEqual(roomsIn(await house.inbox.next()), ['room-2'])
    })

    it('because nobody is there is tried alone; what comes meanwhile waits and goes out in one mail when the server is back', async (t) => {
      const house = await makeHouse(t)
      await house.inbox.close()
      house.add()
      house.start({ groupInterval: 10 })
      await house.until(() => house.errors()[0] !== null)
      for (let i = 0; i < 5; i++) {
        house.add()
        house.forward(20)
      }
      const tries = () => house.notifications.list().reduce((sum, { attempts }) => sum + attempts, 0)
      await house.until(() => tries() >= 2)
      const back = await house.comesBack()
      // A try may just have failed, and put the next one off.
      await house.until(() => {
        if (back.mails.length < 2) house.forward(10)
        return back.mails.length === 2
      })
      assert.deepEqual(back.mails.map(roomsIn), [['room-1'], ['room-2', 'room-3', 'room-4', 'room-5', 'room-6']])
    })

    it('by one channel does not keep another waiting', async (t) => {
      const house = await makeHouse(t)
      house.inbox.answers.mail = () => 'silent'
      const other = await house.anotherInbox()
      house.add()
      house.add({ channel: 'other' })
      house.start({ channels: [house.mailTo(house.inbox), house.mailTo(other, 'other')] })
      await other.next(undefined, 3000)
      await house.until(() => house.notifications.counts().sent === 1)
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
