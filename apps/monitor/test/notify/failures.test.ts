import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import type { Mail } from '@hearthwatch/testhouse/servers/inbox'
import { ann, ben, createDeliveryTestbed, roomsIn } from './delivery.ts'

// Each test has its own database and inbox, and mostly waits.
describe('A mail that the server does not accept', { concurrency: true }, () => {
  for (const [what, answers] of Object.entries({
    'is deferred (450)': { recipient: () => '450 4.2.1 Mailbox busy' },
    'is deferred after the final dot (451)': { mail: () => '451 4.3.0 Try later' },
    'loses the connection after the final dot': {
      mail: (_: Mail, keep: () => void) => {
        keep()
        return 'drop'
      },
    },
    'finds the server closed (421)': { greeting: () => '421 4.3.2 Closed' },
  })) {
    it(`that ${what} is retried after 30 s, as the same message with the same rows`, async (t) => {
      const house = await createDeliveryTestbed(t)
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
      await house.advance(20)
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

  it('with 550 is given up for this recipient, with the reason in the list; other recipients get theirs', async (t) => {
    const house = await createDeliveryTestbed(t)
    house.inbox.answers.recipient = (address) => (address === ann ? '550 5.1.1 Nobody of that name' : undefined)
    house.add()
    house.add({ recipient: ben })
    house.start()
    assert.deepEqual((await house.inbox.next()).recipients, [ben])
    await house.until(() => house.states().join() === 'failed,sent')
    assert.match(house.errors()[0] ?? '', /refused the mail to ann@example\.org\. Server reply: 550 5\.1\.1 Nobody of that name/)
    await house.advance(7 * 24 * 3600)
    assert.equal(house.inbox.mails.length, 1)
  })

  it('is explained in both languages, and logged in English', async (t) => {
    const house = await createDeliveryTestbed(t)
    const lines: object[] = []
    const log = { ...silent, warn: (_: string, fields?: object) => void lines.push(fields ?? {}) }
    house.inbox.answers.login = () => '454 4.7.0 Temporary authentication failure'
    house.add()
    const notify = house.start({ log })
    await house.until(() => house.errors()[0] !== null)
    const server = `127.0.0.1:${house.inbox.port}`
    const why = `郵件伺服器 ${server} 目前無法驗證密碼。伺服器回應：454 4.7.0 Temporary authentication failure`
    const [{ error: stored } = { error: null }] = house.notifications.list()
    for (const error of [stored, notify.channels()[0]?.error, await notify.test('mail')]) {
      assert.equal(error?.['zh-TW'], why)
      assert.match(error?.en ?? '', /cannot check the password now/)
    }
    assert.match(JSON.stringify(lines), /cannot check the password now/)
    assert.doesNotMatch(JSON.stringify(lines), /\p{Script=Han}/u)
  })

  it('for a wrong password pauses the channel: the queue keeps its messages and is retried every 10 minutes and at each start', async (t) => {
    const house = await createDeliveryTestbed(t)
    let tries = 0
    house.inbox.answers.login = () => {
      tries += 1
      return '535 5.7.8 Username and password not accepted'
    }
    house.add()
    const notify = house.start()
    await house.until(() => house.errors()[0] !== null)
    house.add()
    await house.advance(9 * 60)
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

  it('because the server is down is retried alone; later rows wait and are sent in one mail when the server is back', async (t) => {
    const house = await createDeliveryTestbed(t)
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
    const back = await house.restartInbox()
    // An attempt may have failed just before, and delayed the next one.
    await house.until(() => {
      if (back.mails.length < 2) house.forward(10)
      return back.mails.length === 2
    })
    assert.deepEqual(back.mails.map(roomsIn), [['room-1'], ['room-2', 'room-3', 'room-4', 'room-5', 'room-6']])
  })

  it('does not delay another channel', async (t) => {
    const house = await createDeliveryTestbed(t)
    house.inbox.answers.mail = () => 'silent'
    const other = await house.anotherInbox()
    house.add()
    house.add({ channel: 'other' })
    house.start({ channels: [house.mailTo(house.inbox), house.mailTo(other, 'other')] })
    await other.next(undefined, 15_000)
    await house.until(() => house.notifications.counts().sent === 1)
  })
})
