import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Severity } from '@hearthwatch/api/severity'
import { silent } from '@hearthwatch/log'
import { until } from '@hearthwatch/testhouse/eventually'
import { type Inbox, type Mail, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { type Channel, noOptions } from '../../notify/channels/channel.ts'
import { createMail } from '../../notify/channels/smtp.ts'
import { type DeliveryOptions, startDelivery } from '../../notify/deliver.ts'
import { composer } from '../../notify/text/compose.ts'
import { createWords } from '../../notify/text/words.ts'
import type { TestMessage } from '../../notify/try-channel.ts'
import { openDatabase } from '../../store/file/open.ts'
import { type Content, storeNotifications } from '../../store/notifications.ts'

export const words = createWords({ language: 'en', timeZone: 'Asia/Taipei' })
const compose = composer({ words })
const testMessage: TestMessage = (about) => ({ ...words.test({ ...about, at: Date.now() }), link: null })
export const ann = 'ann@example.org'
export const ben = 'ben@example.org'

export type DeliveryTestbed = Awaited<ReturnType<typeof createDeliveryTestbed>>

/** Creates a notification table, an inbox and a clock that can be moved. `start` starts the delivery, also again. */
export async function createDeliveryTestbed(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'))
  const db = openDatabase(join(folder, 'test.db'))
  const notifications = storeNotifications(db)
  const inbox = await startInbox()
  const clock = { ahead: 0 }
  const now = () => Date.now() + clock.ahead
  const inboxes = [inbox]
  let running: ReturnType<typeof startDelivery> | undefined
  /** Number of times that the delivery has looked at the clock. */
  let rounds = 0
  let sending = 0
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
      timeouts: { connect: 9000, idle: 9000, total: 9000 },
    }),
    ...noOptions,
    name,
    kind: 'mail',
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
    /** Starts a mail server on the port of the first inbox. */
    async restartInbox() {
      const back = await startInbox({ port: inbox.port })
      inboxes.push(back)
      return back
    },
    /** Adds a row. Its room identifies it in the mail. */
    add(given: { room?: string; recipient?: string; severity?: Severity; channel?: string; content?: Content } = {}): void {
      count += 1
      const { room = `room-${count}`, recipient = ann, severity = 'warning', channel = 'mail' } = given
      const content: Content = given.content ?? { kind: 'late-text', room, text: 'warm', count: 1, first: now(), last: now() }
      notifications.add({ event: `event-${count}`, channel, recipient, severity, content, created: now() })
    },
    start({ channels = [mailTo(inbox)], held = () => false, ...options }: Partial<DeliveryOptions> = {}) {
      running = startDelivery({
        notifications,
        channels: channels.map((channel) => ({
          ...channel,
          async send(message) {
            sending += 1
            await channel.send(message).finally(() => {
              sending -= 1
            })
          },
        })),
        held() {
          rounds += 1
          return held()
        },
        compose,
        testMessage,
        timeZone: 'Asia/Taipei',
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
    /** Moves the clock, and waits until the delivery has decided at the new time and has sent what it decided to send. */
    async advance(seconds: number) {
      const before = rounds
      this.forward(seconds)
      await this.until(() => rounds > before && sending === 0)
    },
    /** @throws Error with all rows after 10 s */
    async until(condition: () => boolean): Promise<void> {
      assert.ok(await until(condition, 10_000, { interval: 5 }), JSON.stringify(notifications.list()))
    },
    states: () =>
      notifications
        .list()
        .map(({ state }) => state)
        .reverse(),
    errors: () =>
      notifications
        .list()
        .map(({ error }) => error?.en ?? null)
        .reverse(),
  }
}

/** The rooms of the rows in a mail. */
export const roomsIn = (mail: Mail) => [...new Set([...mail.text.matchAll(/room-\d+(?=: | {2}|$)/gm)].map(([room]) => room))]
