import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { isDeviceId } from '@hearthwatch/protocol'
import { SettingsError } from '@hearthwatch/settings'
import { readConfig, settings } from '../config.ts'
import { helpFor } from '../help.ts'
import { placeOf } from '../installed.ts'

const folder = mkdtempSync(join(tmpdir(), 'sensor-config-'))
after(() => rmSync(folder, { recursive: true }))

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env, [])
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

describe("the sensor's settings", () => {
  it('require only a room', () => {
    const config = readConfig({ ROOM: 'kitchen' }, [])
    assert.equal(config.MQTT_URL, 'mqtt://127.0.0.1:1883')
    assert.equal(config.READ_INTERVAL, 10)
    assert.equal(config.ALERT_ABOVE, 30)
    assert.equal(config.STATUS_TOPIC, 'home/kitchen/sensor/status')
    assert.ok(isDeviceId(config.SENSOR_ID))
    assert.equal(config.MQTT_CLIENT_ID, config.SENSOR_ID)
  })

  it('use the user name as the client id', () => {
    assert.equal(readConfig({ ROOM: 'r', MQTT_USERNAME: 'pi-1', SENSOR_ID: 'pi-2' }, []).MQTT_CLIENT_ID, 'pi-1')
    assert.equal(readConfig({ ROOM: 'r', SENSOR_ID: 'pi-2' }, []).MQTT_CLIENT_ID, 'pi-2')
  })

  it('replace {id} in the status topic', () => {
    assert.equal(readConfig({ ROOM: 'r', SENSOR_ID: 'pi-2', STATUS_TOPIC: 'device/{id}/status' }, []).STATUS_TOPIC, 'device/pi-2/status')
  })

  it('come from the environment, then from .env.sensor, else from .env', () => {
    const [first, second] = [join(folder, '.env.sensor'), join(folder, '.env')]
    writeFileSync(second, 'ROOM=from-env\nREAD_INTERVAL=5\n')
    assert.equal(readConfig({}, [first, second]).ROOM, 'from-env')
    writeFileSync(first, 'ROOM=from-env-sensor\n')
    const config = readConfig({}, [first, second])
    assert.deepEqual([config.ROOM, config.READ_INTERVAL], ['from-env-sensor', 10])
    assert.equal(readConfig({ ROOM: 'given' }, [first, second]).ROOM, 'given')
  })

  it('read the password and the certificates from files', () => {
    const file = (name: string) => {
      writeFileSync(join(folder, name), `${name}\n`)
      return join(folder, name)
    }
    const config = readConfig(
      {
        ROOM: 'r',
        MQTT_PASSWORD_FILE: file('password'),
        MQTT_CA_FILE: file('ca'),
        MQTT_CERT_FILE: file('cert'),
        MQTT_KEY_FILE: file('key'),
      },
      [],
    )
    assert.equal(config.MQTT_PASSWORD, 'password')
    assert.deepEqual(config.tls, { ca: 'ca\n', cert: 'cert\n', key: 'key\n' })
  })

  it('read a file that root alone can read from its copy in the credentials of systemd', () => {
    const credentials = mkdtempSync(join(tmpdir(), 'credentials-'))
    writeFileSync(join(credentials, 'conf_client.key'), 'KEY')
    writeFileSync(join(credentials, 'conf_client.crt'), 'CERT')
    const files = { MQTT_CERT_FILE: '/nowhere/client.crt', MQTT_KEY_FILE: '/nowhere/client.key' }
    const { tls } = readConfig({ ROOM: 'r', ...files, CREDENTIALS_DIRECTORY: credentials }, [])
    assert.deepEqual(tls, { cert: 'CERT', key: 'KEY' })
    rmSync(credentials, { recursive: true })
  })

  it('name all problems at once', () => {
    const problems = problemsOf({
      ROOM: 'a/b',
      MQTT_URL: 'http://broker',
      READ_INTERVAL: '0.01',
      PROBE: 'thermometer',
      SENSOR_ID: 'Kitchen Pi',
      ALERT_BELOW: '40',
      MQTT_CERT_FILE: join(folder, 'missing.pem'),
      STATUS_TOPIC: 'home/+/status',
      MAX_RATE: 'fast',
      TZ: 'Mars/Olympus',
    }).join('\n')
    for (const name of Object.keys({
      ROOM: 0,
      MQTT_URL: 0,
      READ_INTERVAL: 0,
      PROBE: 0,
      SENSOR_ID: 0,
      ALERT_BELOW: 0,
      STATUS_TOPIC: 0,
      MAX_RATE: 0,
      TZ: 0,
    })) {
      assert.match(problems, new RegExp(`^${name} must`, 'm'))
    }
    assert.match(problems, /^MQTT_CERT_FILE cannot be read/m)
    assert.match(problems, /^MQTT_KEY_FILE is missing/m)
  })

  it('do not show a password in a problem', () => {
    assert.doesNotMatch(problemsOf({ MQTT_PASSWORD: 'secret' }).join(), /secret/)
  })

  it('name a missing room', () => assert.match(problemsOf({}).join(), /^ROOM is missing/))

  it('refuse a simulated temperature that is out of range', () => {
    assert.match(problemsOf({ ROOM: 'r', SIMULATE_MEAN: '240', SIMULATE_SPREAD: '20' }).join(), /between -100 and 250/)
  })

  it('read the rooms of probes from PROBES; a room may have spaces and any script', () => {
    const { probeRooms } = readConfig({ ROOM: 'r', PROBES: '  w1-28-0316a1b2c3d4=living  room   iio-dht11@4-dht11@4=客廳 ' }, [])
    assert.deepEqual(
      [...probeRooms],
      [
        ['w1-28-0316a1b2c3d4', 'living room'],
        ['iio-dht11@4-dht11@4', '客廳'],
      ],
    )
    assert.equal(readConfig({ ROOM: 'r', PROBES: ' ' }, []).probeRooms.size, 0)
  })

  for (const [PROBES, problem] of [
    ['fridge', /must be pairs.*"fridge"/],
    ['w1-28-0316a1b2c3d4', /must be pairs/],
    ['w1-28-0316a1b2c3d4:fridge', /must be pairs/],
    ['w1-28-0316a1b2c3d4=', /no room's name/],
    ['w1-28-0316a1b2c3d4=a/b', /"a\/b", which is no room's name/],
    ['w1-28-0316a1b2c3d4=#', /no room's name/],
    [`w1-28-0316a1b2c3d4=${'x'.repeat(65)}`, /no room's name/],
    ['fridge=w1-28-0316a1b2c3d4', /"fridge", which is no probe's id/],
    ['28-0316a1b2c3d4=fridge', /"28-0316a1b2c3d4", which is no probe's id/],
    ['w1-28-0316a1b2c3d4=fridge w1-28-0316a1b2c3d4=attic', /names w1-28-0316a1b2c3d4 twice/],
    ['w1-28-0316a1b2c3d4=fridge,w1-28-0316a1b2c3d5=attic', /spaces between them/],
    ['w1-28-0316a1b2c3d4=fridge iio-bme280-1-0076', /no pair for "iio-bme280-1-0076"/],
  ] as const) {
    it(`refuse PROBES=${PROBES.slice(0, 60)}`, () => {
      const problems = problemsOf({ ROOM: 'r', PROBES })
      assert.equal(problems.length, 1, problems.join('\n'))
      assert.match(problems[0] ?? '', /^PROBES /)
      assert.match(problems[0] ?? '', problem)
    })
  }

  it('refuse a probe in PROBES that the driver of PROBE does not read', () => {
    const PROBES = 'w1-28-0316a1b2c3d4=fridge iio-bme280-1-0076=bath'
    assert.deepEqual(problemsOf({ ROOM: 'r', PROBE: 'w1', PROBES }), ['PROBES names iio-bme280-1-0076, which PROBE=w1 does not read'])
    assert.deepEqual(problemsOf({ ROOM: 'r', PROBE: 'cpu', PROBES: 'cpu-thermal_zone0=rack' }), [])
  })

  it('are all described by --help', () => {
    for (const [name, setting] of Object.entries(settings.properties)) {
      assert.ok(helpFor(placeOf({})).includes(name))
      assert.ok((setting as { description?: string }).description, `${name} has a description`)
    }
  })
})
