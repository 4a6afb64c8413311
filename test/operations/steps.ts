import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { parse } from 'node:path'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { ask, devicesThere, dir, headers, inClone, npm, ports, roomsThere, setup, start, token } from './clone.ts'

interface Step {
  /** As the document has them. */
  commands: readonly string[]
  run(): Promise<void>
}

export const inbox = await startInbox()
let monitor: ReturnType<typeof start>
let backup = ''
const data = inClone('data', 'hearthwatch.db')

/** A life with a house, in this order. */
export const steps: readonly Step[] = [
  {
    commands: ['npm run setup', 'npm run setup -- --room kitchen'],
    async run() {
      await setup('--room', 'kitchen')
      assert.match(readFileSync(inClone('.env.sensor'), 'utf8'), /^ROOM=kitchen$/m)
      const files = () => ['.env', '.env.sensor', 'mosquitto/passwd'].map((file) => readFileSync(inClone(file), 'utf8'))
      const before = files()
      await setup()
      assert.deepEqual(files(), before, 'existing files are kept')
    },
  },
  {
    commands: ['npm run setup -- show', 'npm run setup -- renew', 'npm run setup -- cluster rabbitmq'],
    async run() {
      assert.match(await setup('show'), /guest/)
      await setup('renew')
      assert.match(await setup('cluster', 'rabbitmq'), /users and rights: guest, monitor, /)
    },
  },
  {
    commands: ['npm start'],
    async run() {
      monitor = start('start')
      const health = () =>
        fetch(`http://127.0.0.1:${ports.page}/api/health`).then(
          ({ ok }) => ok,
          () => false,
        )
      await eventually(health, 20_000).catch(() => assert.fail(monitor.output()))
    },
  },
  {
    commands: ['npm run sensor', 'PROBE=simulated npm run sensor'],
    async run() {
      const empty = start('sensor', [], { SYSFS_ROOT: dir, OUTBOX_DIR: inClone('empty') })
      await eventually(() => empty.output().includes('NO PROBE FOUND'))
      assert.equal(await empty.stop(), 0)
      const sensor = start('sensor', [], { PROBE: 'simulated', READ_INTERVAL: '0.2', BATCH_INTERVAL: '0.5' })
      const isStored = async () =>
        (await ask<{ epoch: string | null; seq: number | null }[]>('/api/devices')).some(({ seq }) => (seq ?? 0) > 0)
      await eventually(async () => (await roomsThere()).includes('kitchen') && (await isStored()), 20_000).catch(() =>
        assert.fail(sensor.output()),
      )
      assert.equal(await sensor.stop(), 0)
    },
  },
  {
    commands: ['npm run sensor -- probes', 'npm run sensor -- probes --json'],
    async run() {
      const [text, json] = await Promise.all([npm('sensor', ['probes'], null), npm('sensor', ['probes', '--json'], null)])
      assert.ok(text.length > 0)
      assert.ok(typeof JSON.parse(json) === 'object')
    },
  },
  {
    commands: ['npm run sensor -- doctor', 'npm run sensor -- doctor --json'],
    async run() {
      // One after the other: a second connection with the login of the sensor ends the first.
      const text = await npm('sensor', ['doctor'], null)
      const json = await npm('sensor', ['doctor', '--json'], null)
      assert.match(text, /The broker accepts the login|login was not tested/)
      assert.ok(JSON.parse(json).findings.length > 5)
    },
  },
  {
    commands: [
      'npm run setup -- sensor add kitchen',
      'sensor add ROOM [--id ID] [--broker HOST] [--out DIR]',
      'sensor list',
      'sensor show ID',
    ],
    async run() {
      assert.match(await setup('sensor', 'add', 'kitchen', '--broker', '192.168.1.10'), /cat > \.env\.sensor/)
      await setup('sensor', 'add', 'attic', '--id', 'pi-1', '--broker', '192.168.1.10', '--out', inClone('out'))
      assert.deepEqual(readdirSync(inClone('out')).sort(), ['.env.sensor', 'ca.crt'])
      assert.match(await setup('sensor', 'list'), /pi-1 +attic/)
      assert.match(await setup('sensor', 'show', 'pi-1'), /ROOM=attic/)
    },
  },
  {
    commands: ['sensor rotate ID', 'sensor move ID ROOM', 'npm run setup -- sensor move ID ROOM'],
    async run() {
      const before = await setup('sensor', 'show', 'pi-1')
      await setup('sensor', 'rotate', 'pi-1')
      assert.notEqual(await setup('sensor', 'show', 'pi-1'), before)
      await setup('sensor', 'move', 'pi-1', 'cellar')
      assert.match(await setup('sensor', 'list'), /pi-1 +cellar/)
    },
  },
  {
    commands: ['sensor remove ID', 'npm run setup -- sensor remove ID'],
    async run() {
      await setup('sensor', 'remove', 'pi-1')
      assert.ok(!(await setup('sensor', 'list')).includes('pi-1'))
    },
  },
  {
    commands: ['mosquitto_pub -u guest -P … -t home/kitchen/temperature -m 25.5'],
    async run() {
      const password = /^MQTT_PASSWORD=(.*)$/m.exec(readFileSync(inClone('.env.guest'), 'utf8'))?.[1] ?? ''
      const args = ['-p', String(ports.broker), '-u', 'guest', '-P', password, '-t', 'home/hall/temperature', '-m', '25.5']
      const [code] = (await once(spawn('mosquitto_pub', args), 'close')) as [number]
      assert.equal(code, 0)
      // A new topic is stored after two seconds.
      const stored = () => ask<{ points?: unknown[] }>('/api/readings?room=hall&quantity=temperature')
      await eventually(async () => ((await stored()).points ?? []).length > 0)
    },
  },
  {
    commands: [`curl -X PUT -H 'content-type: application/json' -d '{"room":"kitchen"}' http://127.0.0.1:8080/api/devices/pi-1/room`],
    async run() {
      const device = (await devicesThere()).find(({ id }) => id !== null)
      const path = `/api/devices/${device?.id}/room`
      const answer = await fetch(`http://127.0.0.1:${ports.page}${path}`, { method: 'PUT', headers, body: '{"room":"kitchen"}' })
      assert.equal(answer.status, 200, await answer.text())
    },
  },
  {
    commands: ['npm run doctor', 'npm run doctor -- --json', 'npm run doctor -- --lang zh-TW', 'npm run doctor -- --bundle FILE'],
    async run() {
      const [json, text] = await Promise.all([
        npm('doctor', ['--json'], null),
        npm('doctor', ['--lang', 'zh-TW', '--bundle', 'bundle.json'], null),
      ])
      const { findings } = JSON.parse(json) as { findings: { id: string; level: string }[] }
      assert.equal(findings.find(({ id }) => id === 'login')?.level, 'ok', json)
      assert.match(text, /錯誤 \d+，警告 \d+/)
      assert.ok(!readFileSync(inClone('bundle.json'), 'utf8').includes(token))
    },
  },
  {
    commands: ['npm run notify-test', 'npm run notify-test -- --channel mail'],
    async run() {
      const [list] = await Promise.all([npm('notify-test'), npm('notify-test', ['--channel', 'mail'])])
      assert.match(list, /mail/)
      await eventually(() => inbox.mails.length > 0)
    },
  },
  {
    commands: ['npm run export', 'npm run export -- --room kitchen --from 2026-01-01 --out kitchen.csv', 'npm run backup'],
    async run() {
      const [csv, , printed] = await Promise.all([
        npm('export'),
        npm('export', ['--room', 'kitchen', '--from', '2026-01-01', '--out', 'kitchen.csv']),
        npm('backup'),
      ])
      assert.match(csv, /hall,temperature,.*,25\.5/)
      assert.match(readFileSync(inClone('kitchen.csv'), 'utf8'), /,kitchen,temperature,/)
      backup = printed.trim().split('\n').at(-1) ?? ''
      assert.equal(parse(backup).dir, 'data/backups')
    },
  },
  {
    commands: ['tar xzf'],
    async run() {
      const [code] = (await once(spawn('tar', ['xzf', backup, '-C', dir, '--one-top-level=opened'], { cwd: dir }), 'close')) as [number]
      assert.equal(code, 0)
      assert.ok(readdirSync(inClone('opened')).length > 1)
    },
  },
  {
    commands: ['npm run restore', 'npm run restore -- FILE', 'npm run restore -- data/backups/hearthwatch-20261130T033000Z.tar.gz'],
    async run() {
      assert.equal(await monitor.stop(), 0, monitor.output())
      copyFileSync(data, `${data}.damaged-20261130T112420Z`)
      rmSync(data)
      assert.match(await npm('restore', [backup, '--yes']), /readings/)
      assert.ok(existsSync(data))
    },
  },
  {
    commands: ['npm run restore -- --from-damaged FILE', 'npm run restore -- --from-damaged data/hearthwatch.db.damaged-<time>'],
    run: async () => void (await npm('restore', ['--from-damaged', `${data}.damaged-20261130T112420Z`])),
  },
  {
    commands: ['npm run rebuild'],
    run: async () => assert.match(await npm('rebuild'), /rollups are complete/),
  },
]
