import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { dir, inClone, ports, root, running, token } from './clone.ts'
import { commandsIn } from './document-commands.ts'
import { elsewhere } from './elsewhere.ts'
import { inbox, steps } from './steps.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('docs/operations.md', () => {
  const documented = commandsIn(read('docs/operations.md'))
  const run = steps.flatMap(({ commands }) => commands)

  it('has no command that is neither run below nor in the list of those that are not, and the list has no others', () => {
    assert.ok(documented.length > 70)
    const known = new Set([...run, ...Object.keys(elsewhere)])
    assert.deepEqual([...documented.filter((command) => !known.has(command))], [])
    assert.deepEqual(
      [...known].filter((command) => !documented.includes(command)),
      [],
    )
    assert.equal(known.size, run.length + Object.keys(elsewhere).length, 'none is in both')
  })

  it('the list names tests that exist, and that belong to the suite', () => {
    const files = Object.values(elsewhere).filter((text) => text.includes('/'))
    assert.ok(files.length > 20)
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    )
  })

  it('has the same commands in Chinese', () => {
    const alike = (command: string) => command.replaceAll(/\p{Script=Han}+|\b[A-Z]{2,}\b|kitchen|time/gu, 'X')
    const chinese = commandsIn(read('docs/operations.zh-TW.md'))
    assert.deepEqual(chinese.map(alike).sort(), documented.map(alike).sort())
  })
})

describe('A house that lives by docs/operations.md alone', need('mosquitto_pub'), () => {
  before(() => {
    const lines = {
      ...{ BROKER_PORT: ports.broker, BROKER_TLS_PORT: ports.tls, HTTP_PORT: ports.page, API_TOKEN: token },
      ...{ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', HA_DISCOVERY: 'off', LOG_FORMAT: 'text' },
    }
    const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(inClone('.env'), text.join(''), { mode: 0o600 })
  })
  after(async () => {
    for (const child of running) child.kill('SIGKILL')
    await inbox.close()
    rmSync(dir, { recursive: true, force: true })
  })

  for (const { commands, run } of steps) it(commands.join(' · '), run)
})
