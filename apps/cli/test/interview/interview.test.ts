import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readEnv } from '@hearthwatch/settings'
import { startAtTerminal } from '@hearthwatch/testhouse/processes/terminal'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { namesIn } from '../../certificates/certificates.ts'
import { contents, temporaryFolder } from '../temporary-folder.ts'

const program = join(import.meta.dirname, '../../setup.ts')
const setup = (dir: string, language = 'en_US.UTF-8', args: readonly string[] = []) =>
  startAtTerminal([process.execPath, program, ...args], { cwd: dir, env: { LANG: language, LC_ALL: '', LC_MESSAGES: '' } })

describe('Setup at a terminal', () => {
  let dir: string
  let inbox: Inbox
  before(async () => {
    dir = await temporaryFolder()
    inbox = await startInbox()
    inbox.answers.login = (_user, password) => (password === 'öpen:sesame' ? undefined : '535 5.7.8 Wrong password')
  })
  after(async () => {
    await inbox.close()
    await rm(dir, { recursive: true })
  })
  const env = async (file = '.env') => readEnv(await readFile(join(dir, file), 'utf8'))

  it('that is ended at a question has changed nothing', async () => {
    const terminal = setup(dir)
    await terminal.sees('Room of the sensor on this machine [living-room]')
    terminal.press('\x03')
    assert.equal(await terminal.ended(), 1)
    assert.deepEqual(await contents(dir), {})
  })

  it('asks for room, names and mail, explains a wrong password, and sends a test mail with the right one', async () => {
    const terminal = setup(dir)
    await terminal.sees('Room of the sensor on this machine [living-room]')
    terminal.type('a/b')
    await terminal.sees('"a/b" is invalid')
    terminal.type('kitchen')
    await terminal.sees(/certificate is for: localhost, 127\.0\.0\.1[\s\S]*separated by spaces/)
    terminal.type('hub.home.example 192.0.2.7')
    await terminal.sees('Mail server for alerts')
    terminal.type('no server')
    await terminal.sees('"no server" is not a mail server')
    terminal.type(inbox.url)
    await terminal.sees('User name there')
    terminal.type('ann@example.com')
    await terminal.sees('Password')
    terminal.type('swordfish')
    await terminal.sees('Recipients, mail addresses separated by commas [ann@example.com]')
    terminal.type('ann@example.com, bob@example.com')
    await terminal.sees('Send a test mail to ann@example.com, bob@example.com now? [Y/n]')
    terminal.type('')
    await terminal.sees(`The mail server 127.0.0.1:${inbox.port} does not accept the user name or the password in SMTP_URL`)
    await terminal.sees('Enter the mail settings again? [Y/n]')
    terminal.type('')
    await terminal.sees(`Enter for none [${inbox.url}]`)
    terminal.type('')
    await terminal.sees('Enter for none [ann@example.com]')
    terminal.type('')
    await terminal.sees('the same as before')
    terminal.type('öpen:sesame')
    await terminal.sees('[ann@example.com, bob@example.com]')
    terminal.type('')
    await terminal.sees('now? [Y/n]')
    terminal.type('y')
    await terminal.sees('The mail server has accepted the test mail')
    await terminal.sees('npm start')
    assert.equal(await terminal.ended(), 0)
    assert.doesNotMatch(terminal.screen, /swordfish|sesame/)
    assert.deepEqual(
      inbox.mails.flatMap(({ recipients }) => recipients),
      ['ann@example.com', 'bob@example.com'],
    )
    assert.match(inbox.mails[0]?.subject ?? '', /test/i)
  })

  it('writes the answers into the files, which their owner alone can read', async () => {
    const { SMTP_URL, MAIL_TO, MAIL_FROM, UI_LANGUAGE, MQTT_USERNAME } = await env()
    const url = `smtp://ann%40example.com:%C3%B6pen%3Asesame@127.0.0.1:${inbox.port}`
    assert.deepEqual(
      { SMTP_URL, MAIL_TO, MAIL_FROM, UI_LANGUAGE, MQTT_USERNAME },
      {
        SMTP_URL: url,
        MAIL_TO: 'ann@example.com, bob@example.com',
        MAIL_FROM: undefined,
        UI_LANGUAGE: undefined,
        MQTT_USERNAME: 'monitor',
      },
    )
    assert.equal((await env('.env.sensor')).ROOM, 'kitchen')
    const names = namesIn(await readFile(join(dir, 'mosquitto/certs/server.crt'), 'utf8'))
    assert.ok(names.includes('hub.home.example') && names.includes('192.0.2.7'))
    assert.equal((await contents(dir))['.env']?.mode, '0600')
  })

  it('asks nothing in a complete installation, and changes nothing', async () => {
    const then = await contents(dir)
    const terminal = setup(dir)
    await terminal.sees('npm start')
    assert.equal(await terminal.ended(), 0)
    assert.doesNotMatch(terminal.screen, /\[Y\/n\]|Mail server|Room of/)
    assert.deepEqual(await contents(dir), then)
  })

  it('asks nothing if options decide', async () => {
    const other = await temporaryFolder()
    const terminal = setup(other, undefined, ['--room', 'cellar'])
    await terminal.sees('npm start')
    assert.equal(await terminal.ended(), 0)
    assert.equal(readEnv(await readFile(join(other, '.env'), 'utf8')).SMTP_URL, undefined)
    await rm(other, { recursive: true })
  })

  it('speaks Chinese by LANG, as do mails and page of the new house, and asks for declined mail once', async () => {
    const other = await temporaryFolder()
    const terminal = setup(other, 'zh_TW.UTF-8')
    await terminal.sees('這台機器上的感測器在哪個房間 [living-room]')
    terminal.type('客廳')
    await terminal.sees('以空格分隔')
    terminal.type('')
    await terminal.sees('郵件伺服器')
    terminal.type('')
    await terminal.sees('沒有設定郵件')
    await terminal.sees('接下來：執行 npm start')
    assert.equal(await terminal.ended(), 0)
    assert.equal(readEnv(await readFile(join(other, '.env'), 'utf8')).UI_LANGUAGE, 'zh-TW')
    const again = setup(other, 'zh_TW.UTF-8')
    assert.equal(await again.ended(), 0)
    assert.doesNotMatch(again.screen, /郵件伺服器|房間 \[/)
    await rm(other, { recursive: true })
  })

  it('keeps the recipients of an existing .env, and asks for the missing server alone', async () => {
    const other = await temporaryFolder()
    await writeFile(join(other, '.env'), 'MAIL_TO=carol@example.com\nMAIL_FROM=house@example.com\n#SMTP_URL=\n')
    const terminal = setup(other)
    await terminal.sees('Room of the sensor')
    terminal.type('')
    await terminal.sees('separated by spaces')
    terminal.type('')
    await terminal.sees('Mail server for alerts')
    terminal.type(inbox.url)
    await terminal.sees('User name there')
    terminal.type('')
    await terminal.sees('Send a test mail to carol@example.com now?')
    terminal.type('n')
    assert.equal(await terminal.ended(), 0)
    const { SMTP_URL, MAIL_TO } = readEnv(await readFile(join(other, '.env'), 'utf8'))
    assert.deepEqual({ SMTP_URL, MAIL_TO }, { SMTP_URL: inbox.url, MAIL_TO: 'carol@example.com' })
    await rm(other, { recursive: true })
  })
})
