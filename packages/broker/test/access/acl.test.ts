import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { allowed, parseAcl, type Request } from '@hearthwatch/broker/acl'
import { completeAcl, deviceAcl, sensorAcl, withSensor } from '@hearthwatch/broker/edit-acl'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import { passwordOf } from '../brokers.ts'
import { connectAs, type TestClient } from '../test-client.ts'

const committed = await readFile(join(import.meta.dirname, '../../../../mosquitto/acl'), 'utf8')

describe('an access list', () => {
  const bad = {
    'an invalid topic filter': 'topic read a/#/b',
    'a wildcard inside a level': 'topic read a/b+/c',
    'a comment behind a topic': 'topic read a # comment',
    'a topic with a space and no access': 'topic home/living room/+',
    'an unknown access': 'topic see a',
    'no topic': 'topic',
    'a user without a name': 'user ',
    'an unknown keyword': 'hello world',
    'a capitalized keyword': 'Topic read a',
    'an indented comment': '  # comment',
    'a byte order mark': '\ufefftopic read a',
    'a tab instead of a space': 'topic\tread a',
  }
  for (const [what, line] of Object.entries(bad)) {
    it(`an access list with ${what} is refused with its file and line`, () => {
      assert.throws(
        () => parseAcl(`user x\n# fine\n\n${line}\n`, 'house/acl'),
        ({ name, message }: Error) => name === 'AclError' && message.startsWith('house/acl, line 4: '),
      )
    })

    it(`an access list with ${what} is refused by Mosquitto too`, need('mosquitto'), async () => {
      const folder = await mkdtemp(join(tmpdir(), 'acl-'))
      await writeFile(join(folder, 'acl'), `user x\n# fine\n\n${line}\n`)
      await assert.rejects(async () => (await startMosquitto({ config: [`acl_file ${folder}/acl`] })).stop(), /Error/)
      await rm(folder, { recursive: true })
    })
  }

  it('an empty access list allows nothing', () => {
    const acl = parseAcl('# nothing\n')
    assert.equal(allowed(acl, { username: 'x', clientId: 'x', action: 'read', topic: 'a' }), false)
    assert.equal(allowed(acl, { username: '', clientId: 'x', action: 'write', topic: 'a' }), false)
  })
})

/** Covers the special cases of the format, and how users, patterns and denials take precedence. */
const list = `
# before any user: for those without a name
topic read public/#
topic anonymous/both

user alice
topic plain
topic read ro/#
topic  write   wo/+
topic readwrite rw/living room/x
topic readwrite most/#
topic deny most/secret/#
topic write most/secret/door
user bob b
topic read public/x
pattern readwrite u/%u/#
pattern read c/%c/x
pattern write both/%u/%c
pattern deny u/%u/secret
pattern read percent/%x/100%
user carol
topic read u/carol/secret
topic read $SYS/broker/version
topic deny u/carol/closed
user erin
topic #
user alice
topic write late
`
const users = ['', 'alice', 'bob b', 'carol', 'dave', 'erin', 'a+b', 'h#h', 'x/y', '%c', 'User']
const topicsOf = (user: string, clientId: string) => [
  'public/x', 'public', 'anonymous/both', 'plain', 'ro/a/b', 'ro', 'wo/a', 'wo/a/b', 'rw/living room/x', 'most/x', 'most',
  'most/secret/door', 'most/secret', 'late', 'percent/%x/100%', `u/${user}/x`, `u/${user}`, `u/${user}/secret`, `u/${user}/closed`,
  `c/${clientId}/x`, `both/${user}/${clientId}`, 'u/carol/x', 'u/axb/x', 'u/x/y/z', 'u/x/z', 'c/x/x', 'u/%u/x', '/', '$else/x',
] // biome-ignore format: a list

describe('Mosquitto and the embedded broker apply a list alike', need('mosquitto'), () => {
  let folder: string
  let broker: Mosquitto
  let observer: TestClient
  const acl = parseAcl(list)
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acl-'))
    await writeFile(join(folder, 'acl'), `${list}\nuser observer\ntopic #\ntopic $else/#\n`)
    const passwd = [...users, 'observer'].filter((user) => user !== '').map((user) => `${user}:${hashPassword(passwordOf(user))}\n`)
    await writeFile(join(folder, 'passwd'), passwd.join(''))
    broker = await startMosquitto({ config: ['allow_anonymous true', `password_file ${folder}/passwd`, `acl_file ${folder}/acl`] })
    observer = await connectAs(broker.port, 'observer')
    await observer.subscribe('#', '$else/#')
  })
  after(async () => {
    await observer?.disconnect()
    await broker?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  let count = 0
  /** The SUBACK arrives after every message that was sent before it. */
  const reaches = async (from: TestClient, topic: string, to: TestClient) => {
    const payload = `message ${++count}`
    await from.publish(topic, payload)
    await to.subscribe('barrier')
    return to.messages.some((message) => message.payload === payload)
  }

  for (const user of users) {
    for (const clientId of user === 'dave' ? ['client', 'c+d', 'x/y', '%u'] : ['client']) {
      it(`both brokers grant the same to ${user === '' ? 'an anonymous client' : `"${user}"`} with client id "${clientId}"`, async () => {
        const login = user === '' ? { username: undefined, password: undefined } : {}
        const client = await connectAs(broker.port, user, { clientId, ...login })
        await client.subscribe('#', '$else/#')
        for (const topic of topicsOf(user, clientId)) {
          if (/[+#]/.test(topic)) continue
          const request = { username: user, clientId, topic }
          const described = (action: Request['action']) => `${user} (${clientId}) ${action} ${topic}`
          assert.equal(allowed(acl, { ...request, action: 'write' }), await reaches(client, topic, observer), described('write'))
          assert.equal(allowed(acl, { ...request, action: 'read' }), await reaches(observer, topic, client), described('read'))
        }
        const system = '$SYS/broker/version'
        await client.subscribe(system)
        await client.subscribe('barrier')
        const seen = client.messages.some(({ topic }) => topic === system)
        assert.equal(allowed(acl, { username: user, clientId, topic: system, action: 'read' }), seen, `${user} read ${system}`)
        await client.disconnect()
      })
    }
  }
})

describe("a sensor's block in the access list", () => {
  const may = (text: string, id: string, action: Request['action'], topic: string) =>
    allowed(parseAcl(text), { username: id, clientId: id, action, topic })

  it("a sensor's block lets it publish in its room and read the monitor's status, in addition to the patterns", () => {
    const text = withSensor(committed, 'pi-1', 'living room')
    assert.equal(may(text, 'pi-1', 'write', 'home/living room/temperature'), true)
    assert.equal(may(text, 'pi-1', 'write', 'home/living room/sensor/status'), true)
    assert.equal(may(text, 'pi-1', 'read', 'home/living room/sensor/status'), true)
    assert.equal(may(text, 'pi-1', 'read', 'monitor/status'), true)
    assert.equal(may(text, 'pi-1', 'write', 'device/pi-1/info'), true)
    assert.equal(may(text, 'pi-1', 'read', 'home/living room/temperature'), false)
    assert.equal(may(text, 'pi-1', 'write', 'home/kitchen/temperature'), false)
    assert.equal(may(text, 'pi-2', 'write', 'home/living room/temperature'), false)
  })

  it('a new block is appended once, and the rest of the file is unchanged', () => {
    const one = withSensor(committed, 'pi-1', 'kitchen')
    assert.equal(one, `${committed}\n${sensorAcl('pi-1', 'kitchen')}`)
    assert.equal(withSensor(one, 'pi-1', 'kitchen'), one)
    const two = withSensor(one, 'pi-2', '客廳')
    assert.equal(two, `${one}\n${sensorAcl('pi-2', '客廳')}`)
    assert.equal(withSensor('', 'pi-1', 'kitchen').trimStart(), sensorAcl('pi-1', 'kitchen'))
  })

  it('the block is replaced in place when the sensor moves to another room', () => {
    const two = withSensor(withSensor(committed, 'pi-1', 'kitchen'), 'pi-2', 'attic')
    const moved = withSensor(two, 'pi-1', 'cellar')
    assert.equal(moved, withSensor(withSensor(committed, 'pi-1', 'cellar'), 'pi-2', 'attic'))
    assert.equal(may(moved, 'pi-1', 'write', 'home/kitchen/temperature'), false)
    assert.equal(may(moved, 'pi-1', 'write', 'home/cellar/temperature'), true)
    const byHand = `${withSensor(committed, 'pi-1', 'kitchen')}\n\nuser someone\ntopic read home/attic/+\n`
    assert.equal(may(withSensor(byHand, 'pi-1', 'cellar'), 'someone', 'read', 'home/attic/x'), true)
  })

  it('the block is found in a file with Windows line endings', () => {
    const windows = withSensor(committed, 'pi-1', 'kitchen').replaceAll('\n', '\r\n')
    assert.equal(may(withSensor(windows, 'pi-1', 'cellar'), 'pi-1', 'write', 'home/kitchen/temperature'), false)
  })

  it('an id or a room that would grant more than one room is refused', () => {
    for (const id of ['', 'Pi', 'a/b', '+', '#', '%u', 'a b', 'a\nuser monitor', 'monitor', 'guest', 'x'.repeat(33)]) {
      assert.throws(() => withSensor(committed, id, 'kitchen'), RangeError, id)
    }
    for (const room of ['', '+', '#', 'a/b', '$SYS', ' a', 'a ', 'a\nuser monitor', 'a\rb', '\u2028']) {
      assert.throws(() => withSensor(committed, 'pi-1', room), RangeError, room)
    }
  })

  it("a device's block lets it use the topics of its lines, and takes away what the patterns give to a sensor", () => {
    const lines = ['topic write tele/larder/#', 'topic read cmnd/larder/#']
    const text = completeAcl(committed, undefined, { sensors: [], devices: [{ name: 'larder', lines }] })
    assert.equal(may(text, 'larder', 'write', 'tele/larder/SENSOR'), true)
    assert.equal(may(text, 'larder', 'read', 'cmnd/larder/POWER'), true)
    assert.equal(may(text, 'larder', 'write', 'tele/attic/SENSOR'), false)
    assert.equal(may(text, 'larder', 'write', 'device/larder/info'), false)
    assert.equal(completeAcl(committed, text, { sensors: [], devices: [{ name: 'larder', lines }] }), text)
    assert.equal(may(completeAcl(committed, text, { sensors: [], removed: 'larder' }), 'larder', 'write', 'tele/larder/SENSOR'), false)
  })

  it('a line that would begin another user, or grants more than a topic, is refused in a block of a device', () => {
    for (const line of ['topic write a\nuser monitor', 'user monitor', 'pattern write #', 'topic write ', 'topic deny a'])
      assert.throws(() => deviceAcl({ name: 'larder', lines: [line] }), RangeError, line)
  })
})
