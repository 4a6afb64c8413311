import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { hashPassword } from '@hearthwatch/broker/passwd'
import type { Finding } from '@hearthwatch/doctor'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt from 'mqtt'

const program = join(import.meta.dirname, '..', '..', 'commands', 'doctor.ts')
const folder = mkdtempSync(join(tmpdir(), 'doctor-command-'))
after(() => rmSync(folder, { recursive: true }))

async function doctor(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, LANG: 'C', DATABASE_FILE: join(folder, 'house.db'), ...env },
  })
  const [output, errors, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')])
  return { output, errors, code: code as number }
}

async function findings(env: Record<string, string>, ...args: string[]) {
  const { output, errors, code } = await doctor(env, '--json', ...args)
  assert.ok(output.startsWith('{'), output + errors)
  const { ok, findings } = JSON.parse(output) as { ok: boolean; findings: Finding[] }
  assert.equal(code, ok ? 0 : 1)
  return { ok, findings, of: (id: string) => findings.find((finding) => finding.id === id) }
}

describe('npm run doctor', () => {
  it('names all invalid settings, skips the rest, and exits with 1', async () => {
    const { ok, of } = await findings({ HTTP_PORT: 'often', MAIL_TO: 'nobody' })
    assert.equal(ok, false)
    assert.match(of('settings')?.why ?? '', /HTTP_PORT must.*MAIL_TO must/s)
    assert.equal(of('disk')?.level, 'skipped')
  })

  it('speaks Chinese, says last how much it could not check, and makes no file', async () => {
    const { output, code } = await doctor({ BROKER_PORT: '1', BROKER_TLS_PORT: '0' }, '--lang', 'zh-TW')
    assert.equal(code, 0, output)
    assert.match(output, /未檢查 \d+。\n未檢查的項目（原因如上）：.*network/)
    assert.equal(existsSync(join(folder, 'house.db')), false)
  })

  it('exits with 2 for an unknown language', async () => {
    const { code, errors } = await doctor({}, '--lang', 'fr')
    assert.equal(code, 2)
    assert.match(errors, /--lang must be en or zh-TW/)
  })

  it('writes a file without passwords, addresses and names', async () => {
    const env = {
      MQTT_URL: 'mqtt://192.168.77.88:1',
      MQTT_USERNAME: 'grandma',
      MQTT_PASSWORD: 'do not tell',
      SMTP_URL: 'smtp://ann%40home.example:s3cret@127.0.0.1:1',
      MAIL_TO: 'ann@home.example',
    }
    const { errors } = await doctor(env, '--bundle', 'bundle.json')
    assert.match(errors, /Written: bundle\.json/)
    const bundle = readFileSync(join(folder, 'bundle.json'), 'utf8')
    for (const secret of ['192.168.77.88', 'grandma', 'do not tell', 's3cret', 'ann@']) assert.ok(!bundle.includes(secret), secret)
    assert.match(bundle, /"MQTT_URL: set".*"tcp"/s)
  })
})

describe('npm run doctor with a broker that is not ours', need('mosquitto'), () => {
  let mosquitto: Mosquitto
  const acl = join(folder, 'acl')
  before(async () => {
    writeFileSync(acl, 'user monitor\ntopic readwrite device/#\n\nuser all\ntopic readwrite #\ntopic read $SYS/#\n')
    writeFileSync(join(folder, 'passwd'), `monitor:${hashPassword('right')}\nall:${hashPassword('right')}\n`)
    mosquitto = await startMosquitto({ config: [`password_file ${join(folder, 'passwd')}`, `acl_file ${acl}`, 'sys_interval 1'] })
  })
  after(() => mosquitto.stop())
  const settings = (user: string, password: string) => ({
    MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
    MQTT_USERNAME: user,
    MQTT_PASSWORD: password,
  })

  it('finds a login that is refused', async () => {
    const { ok, of } = await findings(settings('monitor', 'wrong'))
    assert.equal(ok, false)
    assert.match(of('login')?.why ?? '', /not authorised|bad user name or password/)
    assert.match(of('login')?.do ?? '', /docker compose kill -s HUP broker/)
  })

  it('finds the grants that are missing', async () => {
    const { of } = await findings(settings('monitor', 'right'))
    assert.equal(of('login')?.level, 'ok')
    assert.match(
      of('delivery')?.what ?? '',
      /does not deliver monitor\/status, home\/# to the monitor|does not deliver home\/#, monitor\/status to the monitor/,
    )
    assert.match(of('delivery')?.do ?? '', /topic readwrite home\/#/)
    assert.equal(of('delivery.refusals')?.level, 'ok')
  })

  it('finds a broker that grants everything, reads its figures, and leaves neither a retained message nor a session behind', async () => {
    const watcher = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`, {
      username: 'all',
      password: 'right',
      clientId: 'watcher',
      reconnectPeriod: 0,
    })
    after(() => watcher.endAsync(true))
    const { of } = await findings(settings('all', 'right'))
    assert.equal(of('delivery')?.level, 'ok')
    assert.match(of('delivery.refusals')?.why ?? '', /enforces no access list/)
    assert.match(of('limits')?.what ?? '', /mosquitto version/)
    const retained: string[] = []
    watcher.on('message', (topic, _, { retain }) => {
      if (retain && !topic.startsWith('$')) retained.push(topic)
    })
    await watcher.subscribeAsync('#', { qos: 1 })
    await watcher.publishAsync('end', '', { qos: 1 })
    assert.deepEqual(retained, [])
    const sessions = mosquitto.output().match(/hearthwatch-doctor-\w+ 0 home/g) ?? []
    assert.deepEqual(sessions, [])
  })
})

describe('npm run doctor beside a running monitor', () => {
  it('lets the monitor test its connection, which stays', async () => {
    const lines: string[] = []
    const log = { error: note, warn: note, info: note, debug() {}, child: () => log }
    function note(message: string) {
      lines.push(message)
    }
    const monitor = await startTestMonitor({ API_TOKEN: 'for programs' }, log)
    try {
      const { findings: found, of } = await findings({
        DATABASE_FILE: monitor.config.DATABASE_FILE,
        HTTP_PORT: new URL(monitor.url).port,
        API_TOKEN: 'for programs',
        BROKER_PORT: String(monitor.brokerPort),
        BROKER_TLS_PORT: '0',
      })
      assert.deepEqual([of('login')?.level, of('delivery')?.level, of('page')?.level], ['ok', 'ok', 'ok'], JSON.stringify(found))
      assert.equal(of('delivery.refusals')?.level, 'skipped')
      assert.equal(of('database')?.level, 'ok')
      assert.equal(lines.filter((line) => line === 'connected').length, 1)
      const rooms = await fetch(new URL('/api/rooms', monitor.url), { headers: { authorization: 'Bearer for programs' } })
      assert.deepEqual(await rooms.json(), [], 'the probes make no room')
    } finally {
      await monitor.close()
    }
  })
})
