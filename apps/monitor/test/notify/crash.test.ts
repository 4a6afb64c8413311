import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { openStore } from '../../store/store.ts'

const child = join(import.meta.dirname, 'deliver-child.ts')

/** Kills a monitor at each of several mails, each time a step later, and restarts it until all mails are sent. */
async function survive(count: number): Promise<{ kills: number; twice: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'))
  const file = join(folder, 'test.db')
  const inbox = await startInbox()
  try {
    const people = Array.from({ length: count }, (_, i) => `person-${i}@example.org`)
    const store = openStore(file)
    for (const recipient of people) {
      const content = { kind: 'late-text', room: recipient, text: 'warm', count: 1, first: 0, last: 0 } as const
      store.notifications.add({ event: recipient, channel: 'mail', recipient, severity: 'info', content, created: Date.now() })
    }
    store.close()

    let running: ChildProcess | undefined
    let kills = 0
    const kill = () => {
      kills += 1
      running?.kill('SIGKILL')
    }
    const met = new Set<string>()
    inbox.answers.mail = ({ recipients: [person = ''] }, keep) => {
      if (met.has(person)) return undefined
      met.add(person)
      switch (met.size % 4) {
        case 0:
          // The server has accepted the mail; its reply was lost.
          keep()
          kill()
          return 'drop'
        case 1:
          // Before the reply is sent.
          kill()
          return undefined
        case 2:
          // While the reply is sent.
          setImmediate(kill)
          return undefined
        default:
          // About when the result is written to the database.
          setTimeout(kill, met.size % 3)
          return undefined
      }
    }
    let code: number | null = null
    for (let runs = 0; code !== 0; runs++) {
      assert.ok(runs < 3 * count)
      running = spawn(process.execPath, [child, file, inbox.url], { stdio: 'inherit' })
      code = (await once(running, 'exit'))[0] as number | null
      assert.ok(code === 0 || running.signalCode === 'SIGKILL')
    }

    for (const person of people) {
      const mails = inbox.mails.filter(({ recipients }) => recipients.includes(person))
      assert.ok(mails.length >= 1, `${person} got nothing`)
      assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, 1)
      assert.equal(new Set(mails.map(({ text }) => text)).size, 1)
    }
    const after = openStore(file)
    assert.deepEqual(after.notifications.counts(), { pending: 0, sent: people.length, failed: 0 })
    after.close()
    return { kills, twice: inbox.mails.length - people.length }
  } finally {
    await inbox.close()
    await rm(folder, { recursive: true })
  }
}

describe('A monitor killed 32 times between the mail server’s reply and its own mark in the database', () => {
  it('delivers every mail, and repeats one only under the same Message-ID', async (t) => {
    // Two at a time: starting a process takes most of the time.
    const [a, b] = await Promise.all([survive(17), survive(17)])
    const kills = a.kills + b.kills
    assert.ok(kills >= 32, `only ${kills} kills`)
    t.diagnostic(`${kills} kills, ${a.twice + b.twice} mails twice`)
  })
})
