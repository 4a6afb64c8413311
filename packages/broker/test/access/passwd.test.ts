import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hashPassword, parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import { connectAsync } from 'mqtt'

// Made by mosquitto_passwd of Mosquitto 2.0.11 for the password "secret".
const theirs = 'alice:$7$101$SDJ1eLvv4fOgCLga$18d34TEC3Jsg5AeAN/9ON0jf5yMqcFVGqlkbFUOAxMBRqR7OlHz7vm7crQGV02lGjFCOZJPyxwdShRhYBw5xGQ=='
const older = 'bob:$6$o6XP8Z+nQY8hN3Jz$1QHVCszyU+Q6TJAFftXKGH4gK1DTScKv9i1kQqjIdEYgY+gFoIHXBFR7ILXda86osg1nM2BNhIw8gwooX2BF4A=='

describe('a password file', () => {
  it('hashes of mosquitto_passwd are verified, both PBKDF2 and the older SHA-512', async () => {
    const passwords = parsePasswords(`${theirs}\n${older}\n`)
    assert.deepEqual([...passwords.keys()], ['alice', 'bob'])
    for (const user of ['alice', 'bob']) {
      assert.equal(await verify(passwords, user, 'secret'), true)
      assert.equal(await verify(passwords, user, Buffer.from('secret')), true)
      assert.equal(await verify(passwords, user, 'Secret'), false)
      assert.equal(await verify(passwords, user, ''), false)
    }
  })

  it('a user who is not in the file is refused with any password', async () => {
    const passwords = parsePasswords(theirs)
    for (const user of ['', 'Alice', 'bob', '__proto__']) assert.equal(await verify(passwords, user, 'secret'), false)
    assert.equal(await verify(parsePasswords(''), 'alice', 'secret'), false)
    assert.equal(await verify(new Map(), 'alice', ''), false)
  })

  it('comments, empty lines, surrounding spaces and Windows line endings are ignored', async () => {
    const passwords = parsePasswords(`# users\r\n\r\n  ${theirs}  \r\n   \r\n#${older}\r\n`)
    assert.deepEqual([...passwords.keys()], ['alice'])
    assert.equal(await verify(passwords, 'alice', 'secret'), true)
  })

  it('a password may have any script and length', async () => {
    for (const password of ['pässwörd 客廳', ' ', 'a'.repeat(5000), 'with:colon$and dollar']) {
      const passwords = parsePasswords(`x:${hashPassword(password)}`)
      assert.equal(await verify(passwords, 'x', password), true)
      assert.equal(await verify(passwords, 'x', `${password}.`), false)
    }
  })

  it('two hashes of the same password differ, because each has its own salt', () => {
    assert.notEqual(hashPassword('secret'), hashPassword('secret'))
  })

  it('an invalid line is reported with file and line, without its content', () => {
    const key = 'A'.repeat(86)
    const bad = {
      'no colon': 'nonsense',
      'a plain password': 'carol:hunter2',
      'no name': `:$7$101$AAAAAAAAAAAAAAAA$${key}==`,
      'an unknown kind': `carol:$9$AAAAAAAAAAAAAAAA$${key}==`,
      'no iterations': `carol:$7$x$AAAAAAAAAAAAAAAA$${key}==`,
      'zero iterations': `carol:$7$0$AAAAAAAAAAAAAAAA$${key}==`,
      'iterations without end': `carol:$7$99999999$AAAAAAAAAAAAAAAA$${key}==`,
      'a short key': 'carol:$7$101$AAAAAAAAAAAAAAAA$AAAA',
      'a salt that is not Base64': `carol:$7$101$!!!!$${key}==`,
      'the same user again': theirs,
    }
    for (const [what, line] of Object.entries(bad)) {
      const text = `${theirs}\n# a comment\n${line}\n`
      assert.throws(
        () => parsePasswords(text, 'house/passwd'),
        ({ name, message }: Error) =>
          name === 'PasswdError' && message.startsWith('house/passwd, line 3: ') && !message.includes('hunter2'),
        what,
      )
    }
  })
})

describe('Mosquitto', need('mosquitto'), () => {
  let folder: string
  let broker: Mosquitto | undefined
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'passwd-'))
  })
  after(async () => {
    await broker?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('Mosquitto accepts our hashes', async () => {
    const file = join(folder, 'ours')
    const users = { alice: 'secret', bob: 'pässwörd 客廳' }
    await writeFile(file, `carol:${hashPassword('slow', { iterations: 100_000 })}\n`)
    for (const [user, password] of Object.entries(users)) await writeFile(file, `${user}:${hashPassword(password)}\n`, { flag: 'a' })
    broker = await startMosquitto({ config: ['allow_anonymous false', `password_file ${file}`] })
    const url = `mqtt://127.0.0.1:${broker.port}`
    for (const [username, password] of Object.entries({ ...users, carol: 'slow' })) {
      const client = await connectAsync(url, { username, password, reconnectPeriod: 0 })
      await client.endAsync()
      await assert.rejects(connectAsync(url, { username, password: `${password}.`, reconnectPeriod: 0 }), /Not authorized/)
    }
  })

  it('hashes of mosquitto_passwd are accepted here', async () => {
    const file = join(folder, 'theirs')
    execFileSync('mosquitto_passwd', ['-b', '-c', file, 'alice', 'pässwörd 客廳'], { stdio: 'pipe' })
    const passwords = parsePasswords(await readFile(file, 'utf8'), file)
    assert.equal(await verify(passwords, 'alice', 'pässwörd 客廳'), true)
    assert.equal(await verify(passwords, 'alice', 'password'), false)
  })
})
