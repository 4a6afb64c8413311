import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importsOf, sources } from './imports.ts'

/** The floors of the monitor, from the top. A file imports from its own folder and from floors below. */
const floors = [
  ['main.ts'],
  ['phone-code.ts', 'start-line.ts'],
  ['monitor.ts'],
  ['commit', 'web', 'commands'],
  ['devices', 'homeassistant'],
  ['doctor'],
  ['intake'],
  ['config'],
  ['alerts', 'nightly', 'backup', 'forward'],
  ['notify'],
  ['live'],
  ['store'],
  ['rules', 'localtime.ts'],
]

/** The packages that each package may import. */
const packages: Record<string, readonly string[]> = {
  protocol: [],
  files: [],
  log: [],
  settings: [],
  systemd: ['log'],
  template: [],
  foreign: ['protocol', 'template'],
  api: ['protocol'],
  mqtt: ['protocol', 'log'],
  doctor: ['protocol', 'mqtt'],
  broker: ['protocol', 'log'],
}

/** The one place (of uqr one in each program) that imports a library at run time; elsewhere its types may be named. */
const doors: Record<string, string | readonly string[]> = {
  mqtt: 'packages/mqtt/',
  aedes: 'packages/broker/',
  'better-sqlite3': 'apps/monitor/store/',
  pg: 'apps/monitor/forward/postgres/',
  'pg-copy-streams': 'apps/monitor/forward/postgres/',
  'web-push': 'apps/monitor/notify/channels/browser.ts',
  nodemailer: 'apps/monitor/notify/channels/smtp.ts',
  'node-cron': 'apps/monitor/nightly/schedule.ts',
  systeminformation: 'apps/sensor/presence/heartbeat.ts',
  fastify: 'apps/monitor/web/',
  tar: 'apps/monitor/backup/',
  'age-encryption': 'apps/monitor/backup/seal.ts',
  'ssh2-sftp-client': 'apps/monitor/backup/remote/sftp.ts',
  s3mini: 'apps/monitor/backup/remote/s3.ts',
  'js-fatfs': 'apps/flash/boot/fat.ts',
  'xz-decompress': 'apps/flash/boot/unpack.ts',
  uplot: 'apps/dashboard/src/parts/chart/',
  uqr: ['apps/dashboard/src/parts/qr-code.tsx', 'apps/monitor/phone-code.ts'],
}

/** The programs that are put together from a single app; the demo, the storm, the benches and tests may start several. */
const apps = ['monitor', 'sensor', 'dashboard', 'cli', 'flash']
/** An app that uses another one: a card needs the login that setup makes. */
const allowedAcross = new Set(['flash → cli', 'flash → package'])
const appOf = (file: string) => file.split('/')[1] ?? ''

const isTest = (file: string) => /(^|\/)test\/|^(testhouse|chaos|bench|apps\/demo)\//.test(file)
const products = sources.filter((file) => !isTest(file))
const edges = products.flatMap((from) => importsOf(from).map((edge) => ({ from, ...edge })))
const floorOf = (file: string) => floors.findIndex((names) => names.includes(file.split('/')[2] ?? ''))
const named = (list: readonly { from: string; to: string }[]) => list.map(({ from, to }) => `${from} → ${to}`)

describe('The structure of this repository', () => {
  it('has every folder of the monitor on a floor', () => {
    const monitor = products.filter((file) => file.startsWith('apps/monitor/'))
    assert.ok(monitor.length > 100)
    assert.deepEqual(
      monitor.filter((file) => floorOf(file) === -1),
      [],
    )
  })

  it('lets a file of the monitor import only from its own folder and from floors below', () => {
    const inside = edges.filter(
      ({ from, to }) => from.startsWith('apps/monitor/') && to.startsWith('apps/monitor/') && !to.endsWith('.json'),
    )
    const upward = inside.filter(({ from, to }) => from.split('/')[2] !== to.split('/')[2] && floorOf(to) <= floorOf(from))
    assert.deepEqual(named(upward), [])
  })

  it('lets no app import another app, except that flash makes logins through setup', () => {
    const across = edges.filter(({ from, to }) =>
      apps.some(
        (app) =>
          from.startsWith(`apps/${app}/`) &&
          /^apps\//.test(to) &&
          !to.startsWith(`apps/${app}/`) &&
          !allowedAcross.has(`${app} → ${appOf(to)}`),
      ),
    )
    assert.deepEqual(named(across), [])
  })

  it('lets packages import only packages below them', () => {
    const wrong = edges.filter(({ from, to }) => {
      const [, own = ''] = /^packages\/([^/]+)/.exec(from) ?? []
      const [place, other = ''] = /^(?:packages|apps)\/([^/]+)/.exec(to) ?? []
      return own !== '' && place !== undefined && own !== other && !(to.startsWith('packages/') && packages[own]?.includes(other))
    })
    assert.deepEqual(named(wrong), [])
  })

  for (const [library, door] of Object.entries(doors)) {
    const places = [door].flat()
    it(`imports ${library} at run time only in ${places.join(' and ')}`, () => {
      const uses = edges.filter(({ to, typeOnly }) => to === library && !typeOnly)
      assert.ok(uses.length > 0)
      assert.deepEqual(named(uses.filter(({ from }) => !places.some((place) => from.startsWith(place)))), [])
    })
  }
})
