import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startInbox } from '../../../test/inbox.ts'
import { openStore } from '../store/store.ts'

describe('A monitor killed between the server’s yes and its own mark', () => {
  it('loses no mail, and sends one twice only under the same Message-ID', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'notify-'))
    const file = join(folder, 'test.db')
    const inbox = await startInbox()
    t.after(async () => {
      await inbox.close()
      await rm(folder, { recursive: true })
    })
    const people = Array.from({ length: 8 }, (_, i) => `person-${i}@example.org`)
    const store = openStore(file)
    for (const recipient of people) {
      const content = { kind: 'late-text', room: recipient, text: 'warm', count: 1, first: 0, last: 0 } as const
      store.notifications.add({ event: recipient, channel: 'mail', recipient, severity: 'info', content, created: Date.now() })
    }
    store.close()

    let child: ChildProcess | undefined
    let kills = 0
    const kill = () => {
      kills += 1
      child?.kill('SIGKILL')
    }
    inbox.answers.mail = (_, keep) => {
      // The disk's word for it, the network's, and the one that nobody has heard: at each another step is missing.
      if (inbox.mails.length % 3 === 1) setImmediate(kill)
      if (inbox.mails.length % 3 !== 2) return undefined
      keep()
      kill()
      return 'drop'
    }
    let code: number | null = null
    for (let runs = 0; code !== 0; runs++) {
      assert.ok(runs < 60)
      child = spawn(process.execPath, [join(import.meta.dirname, 'notify-child.ts'), file, inbox.url], { stdio: 'inherit' })
      code = (await once(child, 'exit'))[0] as number | null
      assert.ok(code === 0 || child.signalCode === 'SIGKILL')
    }

    assert.ok(kills >= 3, `only ${kills} kills`)
    for (const person of people) {
      const mails = inbox.mails.filter(({ recipients }) => recipients.includes(person))
      assert.ok(mails.length >= 1, `${person} got nothing`)
      assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, 1)
      assert.equal(new Set(mails.map(({ text }) => text)).size, 1)
    }
    const after = openStore(file)
    assert.deepEqual(after.notifications.counts(), { pending: 0, sent: people.length, failed: 0 })
    after.close()
    t.diagnostic(`${kills} kills, ${inbox.mails.length - people.length} mails twice`)
  })
})
