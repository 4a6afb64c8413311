import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Room } from '@hearthwatch/api/rooms'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/inbox'
import { eventually, type House, startHouse } from '@hearthwatch/testhouse/monitor'
import { startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'

const main = join(import.meta.dirname, '..', 'main.ts')
const hot = { quantity: 'temperature', condition: 'above', limit: 30, recover: 1 }

describe('An alert in a whole house', () => {
  let house: House
  let guest: MqttClient
  let inbox: Inbox
  beforeEach(async () => {
    inbox = await startInbox()
    house = await startHouse({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.1' })
    guest = await house.client()
  })
  afterEach(async () => {
    await house.close()
    await inbox.close()
  })
  const say = (room: string, value: number) => guest.publishAsync(`home/${room}/temperature`, String(value), { qos: 1 })
  const alerts = () => house.get<Alert[]>('/api/alerts')
  const stateOf = async (room: string) => (await alerts()).find((alert) => alert.room === room)?.state
  const becomes = (room: string, state: string) => eventually(async () => (await stateOf(room)) === state)

  it('that flaps is one pair of messages for as long as it is held', async () => {
    await house.send('PUT', '/api/rules/too-hot', { ...hot, keepFiringFor: 2 })
    for (let i = 0; i < 20; i += 1) {
      await say('kitchen', i % 2 === 0 ? 31 : 28)
      await delay(50)
    }
    await eventually(async () => {
      await say('kitchen', 28)
      return (await stateOf('kitchen')) === 'resolved'
    })
    await inbox.next(({ subject }) => subject.includes('kitchen'))
    await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.equal((await alerts()).length, 1)
    assert.equal(house.rows('SELECT * FROM notification').length, 2)
  })

  it('goes on while nothing is heard, and over a restart: it is over with a good reading, and with nothing else', async () => {
    await say('kitchen', 31)
    await becomes('kitchen', 'firing')
    await guest.endAsync()
    await house.restart()
    guest = await house.client()
    await say('hall', 20)
    await eventually(async () => (await house.get<unknown[]>('/api/rooms')).length === 2)
    assert.equal(await stateOf('kitchen'), 'firing')
    await say('kitchen', 20)
    await becomes('kitchen', 'resolved')
  })

  it('is told again until somebody acknowledges it', async () => {
    await house.send('PUT', '/api/rules/too-hot', { ...hot, repeat: [0.02] })
    await say('kitchen', 31)
    const repeats = () => house.rows<{ event: string }>("SELECT event FROM notification WHERE event LIKE '%repeat%'").length
    await eventually(() => repeats() >= 2)
    const [alert] = await alerts()
    await house.send('POST', `/api/alerts/${alert?.id}/acknowledge`)
    const before = repeats()
    await delay(2500)
    assert.equal(repeats(), before)
    await say('kitchen', 20)
    await becomes('kitchen', 'resolved')
    await inbox.next(({ subject }) => subject.includes('kitchen'))
  })

  it('is told when a silence ends and it still fires', async () => {
    const until = Date.now() + 2500
    await house.send('POST', '/api/silences', { room: 'kitchen', until, comment: 'painting' })
    await say('kitchen', 31)
    await becomes('kitchen', 'firing')
    await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.ok(Date.now() >= until)
  })

  it('of a rule that is switched off is over, quietly', async () => {
    await say('kitchen', 31)
    await becomes('kitchen', 'firing')
    await house.send('PUT', '/api/rules/too-hot', { ...hot, enabled: false })
    await becomes('kitchen', 'resolved')
  })
})

describe('A monitor whose clock jumps', () => {
  it('ten years ahead, and back, calls nobody offline or silent', async () => {
    const decade = 10 * 365 * 86_400_000
    let ahead = 0
    const house = await startHouse({ OFFLINE_AFTER: '5' }, undefined, () => Date.now() + ahead)
    try {
      const guest = await house.client()
      const say = async (times: number) => {
        for (let i = 0; i < times; i += 1) {
          for (let room = 0; room < 20; room += 1) await guest.publishAsync(`home/room-${room}/temperature`, '20', { qos: 1 })
          await delay(200)
        }
      }
      await say(8)
      ahead = decade
      await say(8)
      ahead = 0
      await say(8)
      assert.deepEqual(house.rows('SELECT * FROM alert'), [])
    } finally {
      await house.close()
    }
  })
})

describe('An alert and a monitor that is killed', need('mosquitto'), () => {
  it('goes on where it was: what it waits for has been going on all the time', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const house = await startHouse({ MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: 'killed' })
    await house.send('PUT', '/api/rules/too-hot', { ...hot, for: 4 })
    await house.monitor.close()
    const env = { MQTT_URL: house.config.MQTT_URL, DATABASE_FILE: house.config.DATABASE_FILE, HTTP_PORT: '0', MQTT_CLIENT_ID: 'killed' }
    const start = async () => {
      const child = spawn(process.execPath, [main], {
        cwd: house.folder,
        env: { ...process.env, ...env, COMMIT_INTERVAL: '20' },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      for await (const text of child.stderr) if (String(text).includes('listening to the broker')) break
      return child
    }
    let child: ChildProcess = await start()
    const guest = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    const say = (value: number) => guest.publishAsync('home/kitchen/temperature', String(value), { qos: 1 })
    const alert = () => house.rows<Alert>('SELECT * FROM alert')[0]
    try {
      await eventually(async () => {
        await say(31)
        return alert()?.state === 'pending'
      })
      const { started } = alert() as Alert
      child.kill('SIGKILL')
      await once(child, 'exit')
      child = await start()
      await eventually(async () => {
        await say(31)
        return alert()?.state === 'firing'
      })
      const fired = alert() as Alert
      assert.equal(fired.started, started)
      assert.ok(fired.fired !== null && fired.fired - started >= 4000 && fired.fired - started < 12_000)
    } finally {
      child.kill()
      await guest.endAsync()
      await house.close()
      await broker.stop()
    }
  })
})

describe('A broker of one’s own', need('mosquitto'), () => {
  it('that is full of retained statuses makes no alert, however many say offline', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    for (let room = 0; room < 200; room += 1)
      await client.publishAsync(`home/room-${room}/sensor/status`, room % 2 === 0 ? 'offline' : 'online', { qos: 1, retain: true })
    const house = await startHouse({ MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: 'full', OFFLINE_AFTER: '1' })
    try {
      const rooms = async () => (await house.get<Room[]>('/api/rooms')).filter(({ status }) => status !== 'unknown').length
      await eventually(async () => (await rooms()) === 200)
      await house.restart()
      await eventually(async () => (await rooms()) === 200)
      await delay(6500)
      assert.deepEqual(house.rows('SELECT * FROM alert'), [])
      assert.deepEqual(house.rows('SELECT * FROM notification'), [])
    } finally {
      await client.endAsync()
      await house.close()
      await broker.stop()
    }
  })

  it('that goes away is one alert by mail after a minute, and over when it is back; nobody is called offline', async () => {
    // Eight seconds in one: what passes faster than that is taken for a clock that has jumped.
    const start = Date.now()
    const now = () => start + (Date.now() - start) * 8
    const inbox = await startInbox()
    let broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const { port } = broker
    const settings = { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', OFFLINE_AFTER: '30', MQTT_CLIENT_ID: 'alone' }
    const house = await startHouse({ ...settings, MQTT_URL: `mqtt://127.0.0.1:${port}` }, undefined, now)
    try {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
      for (let i = 0; i < 5; i += 1) {
        for (let room = 0; room < 20; room += 1) await client.publishAsync(`home/room-${room}/temperature`, '20', { qos: 1 })
        await delay(200)
      }
      await eventually(async () => (await house.get<unknown[]>('/api/rooms')).length === 20)
      client.end(true)
      await broker.stop()
      const said = await inbox.next(undefined, 30_000)
      assert.deepEqual(
        house.rows<Alert>('SELECT * FROM alert').map(({ rule, state }) => [rule, state]),
        [['broker', 'firing']],
      )
      broker = await startMosquitto({ config: ['allow_anonymous true'], port })
      await eventually(() => house.rows<Alert>('SELECT * FROM alert')[0]?.state === 'resolved', 30_000)
      const over = await inbox.next(undefined, 30_000)
      assert.notEqual(said.subject, over.subject)
      assert.equal(house.rows("SELECT * FROM alert WHERE fired <= (SELECT resolved FROM alert WHERE rule = 'broker')").length, 1)
    } finally {
      await house.close()
      await broker.stop()
      await inbox.close()
    }
  })
})
