import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Room } from '@hearthwatch/api/rooms'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import type { IClientOptions, MqttClient } from 'mqtt'

const read = (path: string) => readFileSync(`${import.meta.dirname}/../../examples/${path}`, 'utf8')

interface Message {
  topic: string
  payload?: string
  retain: boolean
  qos: 0 | 1 | 2
}

/** Values of the lines `name: value` of a block that begins with `head`, up to the next line that is indented less. */
function block(yaml: string, head: string): Record<string, string> {
  const [, indent = '', body = ''] = new RegExp(`^( *)${head}:\\n((?:\\1 +.*\\n|\\n)*)`, 'm').exec(yaml) ?? []
  const lines = body.matchAll(new RegExp(`^${indent} +([\\w]+): *"?([^"#\\n]*?)"? *(?:#.*)?$`, 'gm'))
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]))
}

/** An ESPHome configuration with its substitutions filled in. */
function readNode(file: string) {
  const source = read(file)
  const names = block(source, 'substitutions')
  const yaml = source.replace(/\$\{(\w+)\}/g, (_, name: string) => names[name] ?? assert.fail(`${name} has no substitution`))
  const message = (head: string): Message | undefined => {
    const { topic, payload = '', qos, retain } = block(yaml, head)
    return topic === undefined ? undefined : { topic, payload, qos: Number(qos ?? 0) as 0, retain: retain !== 'false' }
  }
  const [, sensors = ''] = yaml.split(/^sensor:\n/m)
  const states = [...sensors.matchAll(/^( +)state_topic: (.*)\n((?:\1\w.*\n)*)/gm)].map(
    ([, , topic = '', rest = '']): Message => ({
      topic,
      qos: Number(/^ *qos: (\d)/m.exec(rest)?.[1] ?? 0) as 0,
      retain: !/^ *retain: false/m.test(rest),
    }),
  )
  return {
    yaml,
    names,
    login: block(yaml, 'mqtt').username ?? '',
    birth: message('birth_message'),
    will: message('will_message'),
    shutdown: message('shutdown_message'),
    states,
  }
}

/** Quantity and plausible payload, as the firmwares format them. */
const examples: Record<string, [string, number]> = { temperature: ['19.1', 19.1], humidity: ['43', 43], pressure: ['1013.2', 1013.2] }
const exampleOf = ({ topic }: Message) => examples[topic.split('/').at(-1) ?? ''] ?? assert.fail(topic)

describe('The example configurations of other firmware', () => {
  let monitor: TestMonitor
  const connect = (username: string, options: IClientOptions = {}) =>
    monitor.client({ username, clientId: `mac-of-${username}`, ...options })
  const publish = (client: MqttClient, { topic, payload = '', qos, retain }: Message) =>
    client.publishAsync(topic, payload, { qos, retain })
  const roomOf = async (name: string) => (await monitor.get<Room[]>('/api/rooms')).find(({ room }) => room === name)
  const shows = (name: string, what: (room: Room) => boolean) =>
    eventually(async () => {
      const room = await roomOf(name)
      return room && what(room) ? room : undefined
    })
  const rejected = async () => (await (await fetch(`${monitor.url}/metrics`)).text()).match(/^hearthwatch_rejected_total.*$/gm) ?? []

  before(async () => {
    monitor = await startTestMonitor()
  })
  after(() => monitor.close())

  for (const file of ['esphome/sensor.yaml', 'esphome/battery.yaml']) {
    describe(file, () => {
      const node = readNode(file)
      const room = `room of ${file.split('/')[1]}`.replace('.yaml', '')
      const moved = (message: Message | undefined): Message =>
        message ? { ...message, topic: message.topic.replace('home/kitchen/', `home/${room}/`) } : assert.fail('no message')
      const id = `node-${file.length}`

      before(() => monitor.addLogin(id, room))

      it('publishes readings that are stored in its room, with the rights of its own login', async () => {
        assert.ok(node.states.length >= 3)
        assert.equal(node.login, 'kitchen-1')
        const client = await connect(id)
        for (const state of node.states) await publish(client, { ...moved(state), payload: exampleOf(state)[0] })
        await shows(room, ({ quantities }) =>
          node.states.every((state) => {
            const [quantity = ''] = state.topic.split('/').slice(-1)
            return quantities[quantity]?.value === exampleOf(state)[1]
          }),
        )
        assert.deepEqual(await rejected(), [])
        await client.endAsync()
      })

      it('publishes no other topic: discovery and the topic prefix are off', () => {
        const { discovery, topic_prefix } = block(node.yaml, 'mqtt')
        assert.deepEqual([discovery, topic_prefix], ['false', 'null'])
        assert.ok(node.states.every(({ retain, qos }) => retain && qos === 1))
      })
    })
  }

  it('esphome/sensor.yaml publishes online as its birth message, and offline as its last will and at a shutdown', async () => {
    const { birth, will, shutdown } = readNode('esphome/sensor.yaml')
    assert.ok(birth && will && shutdown)
    assert.ok([birth, will, shutdown].every(({ retain, qos }) => retain && qos === 1))
    await monitor.addLogin('kitchen-1', 'kitchen')
    const client = await connect('kitchen-1', { will: { ...will, payload: Buffer.from(will.payload ?? '') } })
    await publish(client, birth)
    await shows('kitchen', ({ status }) => status === 'online')
    client.stream.destroy()
    await shows('kitchen', ({ status }) => status === 'offline')
    const again = await connect('kitchen-1')
    await publish(again, birth)
    await shows('kitchen', ({ status }) => status === 'online')
    await publish(again, shutdown)
    await shows('kitchen', ({ status }) => status === 'offline')
  })

  it('esphome/battery.yaml has no status, so that a sleeping node is not offline', () => {
    const { birth, will, shutdown, yaml } = readNode('esphome/battery.yaml')
    assert.deepEqual([birth, will, shutdown], [undefined, undefined, undefined])
    assert.match(yaml, /^deep_sleep:$/m)
  })

  describe('tasmota/console.txt', () => {
    const commands = read('tasmota/console.txt').trim().split('\n')
    const triggers = commands.flatMap((line) =>
      [...line.matchAll(/ON Tele-(\w+)#(\w+) DO (Publish2?) (\S+) (\S+) ENDON/g)].map(
        ([, sensor = '', key = '', command, topic = '', value = '']) => ({ sensor, key, retain: command === 'Publish2', topic, value }),
      ),
    )
    /** Publishes what a Tasmota does with this telemetry: the JSON on its own topic, then the actions of the rules. */
    async function telemetry(client: MqttClient, sample: Record<string, unknown>, room: string) {
      await publish(client, { topic: 'tele/kitchen-1/SENSOR', payload: JSON.stringify(sample), qos: 0, retain: false })
      for (const { sensor, key, retain, topic, value } of triggers) {
        const found = (sample[sensor] as Record<string, unknown> | undefined)?.[key]
        if (found === undefined) continue
        const payload = value.replace('%value%', String(found))
        await publish(client, { topic: topic.replace('/kitchen/', `/${room}/`).replaceAll('#', ' '), payload, qos: 0, retain })
      }
    }

    before(() => monitor.addLogin('tasmota-1', 'bath room'))

    it('publishes each value of a DS18B20, an AM2301 and a BME280, which are stored in its room', async () => {
      assert.deepEqual(
        triggers.map(({ sensor, key, topic }) => `${sensor} ${key} ${topic}`),
        [
          'DS18B20 Temperature home/kitchen/temperature',
          'AM2301 Temperature home/kitchen/temperature',
          'AM2301 Humidity home/kitchen/humidity',
          'BME280 Temperature home/kitchen/temperature',
          'BME280 Humidity home/kitchen/humidity',
          'BME280 Pressure home/kitchen/pressure',
        ],
      )
      const client = await connect('tasmota-1', {
        will: { topic: 'tele/kitchen-1/LWT', payload: Buffer.from('Offline'), qos: 1, retain: true },
      })
      await publish(client, { topic: 'tele/kitchen-1/LWT', payload: 'Online', qos: 1, retain: true })
      await telemetry(
        client,
        { Time: '2026-01-15T08:30:00', DS18B20: { Id: '0316A1B2C3D4', Temperature: 21.4 }, TempUnit: 'C' },
        'bath#room',
      )
      await shows('bath room', ({ quantities }) => quantities.temperature?.value === 21.4)
      await telemetry(client, { AM2301: { Temperature: 22.1, Humidity: 61.5, DewPoint: 14.3 }, TempUnit: 'C' }, 'bath#room')
      await shows('bath room', ({ quantities }) => quantities.temperature?.value === 22.1 && quantities.humidity?.value === 61.5)
      await telemetry(
        client,
        { BME280: { Temperature: 22.3, Humidity: 60, DewPoint: 14.1, Pressure: 1009.4 }, PressureUnit: 'hPa' },
        'bath#room',
      )
      const room = await shows('bath room', ({ quantities }) => quantities.pressure?.value === 1009.4)
      assert.deepEqual(Object.keys(room.quantities).sort(), ['humidity', 'pressure', 'temperature'])
      assert.deepEqual(await rejected(), [])
    })

    it('stores no value of a dead probe', async () => {
      const client = await connect('tasmota-1')
      await telemetry(client, { AM2301: { Temperature: null, Humidity: null, DewPoint: null } }, 'bath#room')
      await telemetry(client, { AM2301: { Temperature: 22.7, Humidity: '' } }, 'bath#room')
      const room = await shows('bath room', ({ quantities }) => quantities.temperature?.value === 22.7)
      assert.equal(room.quantities.humidity?.value, 60)
    })

    it('sets the units of the monitor, keeps the usual topics of the firmware, and fits into its rules', () => {
      const text = commands.join('; ')
      for (const setting of ['SetOption8 0', 'SetOption24 0', 'FullTopic %prefix%/%topic%/', 'Rule1 1', 'Rule2 1', 'Rule3 1'])
        assert.ok(text.includes(setting), setting)
      assert.ok(triggers.every(({ retain }) => retain))
      for (const line of commands) assert.ok(Buffer.byteLength(line.replace(/^Rule\d /, '')) <= 511, line)
    })
  })

  it('have the same values to be replaced by your own', () => {
    for (const file of ['esphome/sensor.yaml', 'esphome/battery.yaml', 'tasmota/console.txt', 'shell/publish.sh'])
      for (const sample of ['kitchen', 'kitchen-1', '192.168.1.10', '1883']) assert.ok(read(file).includes(sample), `${sample} in ${file}`)
  })
})
