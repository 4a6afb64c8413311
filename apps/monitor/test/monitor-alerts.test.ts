import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Room } from '@hearthwatch/api/rooms'
import { day, second } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/inbox'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor'
import { startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'

const main = join(import.meta.dirname, '..', 'main.ts')
const hot = { quantity: 'temperature', condition: 'above', limit: 30, recover: 1 }

describe('An alert in a whole house', () => {
  let house: TestMonitor
  let guest: MqttClient
  let inbox: Inbox
  beforeEach(async () => {
    inbox = await startInbox()
    house = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '0.1' })
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
    for (let i = 0; i < 20; i += 1) await say('kitchen', i % 2 === 0 ? 31 : 28)
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
    const repeats = (id: number) => house.rows(`SELECT event FROM notification WHERE event LIKE 'alert/${id}/repeat/%'`).length
    await eventually(async () => (await alerts())[0])
    const id = (await alerts())[0]?.id as number
    await eventually(() => repeats(id) >= 2)
    await house.send('POST', `/api/alerts/${id}/acknowledge`)
    const before = repeats(id)
    await say('hall', 31)
    const other = await eventually(async () => (await alerts()).find(({ room }) => room === 'hall'))
    await eventually(() => repeats(other.id) >= 2)
    assert.equal(repeats(id), before)
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

let clocks = 0

/** Waits until the monitor has judged the passing of time: an alert that no second reading raises is the proof. */
async function timePasses(house: TestMonitor, client: MqttClient): Promise<void> {
  clocks += 1
  const room = `clock-${clocks}`
  await house.send('PUT', '/api/rules/time', { ...hot, rooms: 'clock-*', for: 1 })
  await client.publishAsync(`home/${room}/temperature`, '31', { qos: 1 })
  await eventually(() => house.rows(`SELECT 1 FROM alert WHERE rule = 'time' AND room = '${room}' AND state = 'firing'`).length > 0)
}

describe('A monitor whose clock jumps', () => {
  it('ten years ahead, and back, calls nobody offline or silent', async () => {
    const decade = 3650 * day
    let ahead = 0
    const house = await startTestMonitor({ OFFLINE_AFTER: '60' }, undefined, () => Date.now() + ahead)
    try {
      const guest = await house.client()
      const say = async () => {
        for (let i = 0; i < 8; i += 1)
          for (let room = 0; room < 20; room += 1) await guest.publishAsync(`home/room-${room}/temperature`, '20', { qos: 1 })
        await timePasses(house, guest)
      }
      await say()
      ahead = decade
      await say()
      ahead = 0
      await say()
      assert.deepEqual(house.rows("SELECT * FROM alert WHERE room NOT LIKE 'clock-%'"), [])
    } finally {
      await house.close()
    }
  })
})

describe('An alert and a monitor that is killed', need('mosquitto'), () => {
  it('goes on where it was: what it waits for has been going on all the time', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true'] })
    const house = await startTestMonitor({ MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: 'killed' })
    await house.send('PUT', '/api/rules/too-hot', { ...hot, for: 4 })
    await house.stop()
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
    let ahead = 0
    const settings = { MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: 'full', OFFLINE_AFTER: '1' }
    const house = await startTestMonitor(settings, undefined, () => Date.now() + ahead)
    try {
      const rooms = async () => (await house.get<Room[]>('/api/rooms')).filter(({ status }) => status !== 'unknown').length
      await eventually(async () => (await rooms()) === 200)
      await house.restart()
      await eventually(async () => (await rooms()) === 200)
      // Longer than a device that said “offline” has to come back, and no jump of the clock yet.
      ahead = 7 * second
      await timePasses(house, client)
      assert.deepEqual(house.rows("SELECT * FROM alert WHERE room NOT LIKE 'clock-%'"), [])
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
    const house = await startTestMonitor({ ...settings, MQTT_URL: `mqtt://127.0.0.1:${port}` }, undefined, now)
    try {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
      for (let i = 0; i < 5; i += 1) {
        for (let room = 0; room < 20; room += 1) await client.publishAsync(`home/room-${room}/temperature`, '20', { qos: 1 })
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
