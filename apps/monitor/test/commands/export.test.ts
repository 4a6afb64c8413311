import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { hour } from '@hearthwatch/protocol/durations'
import { archiveOldReadings } from '../../nightly/archive-readings.ts'
import { openStore, type Store } from '../../store/store.ts'

const now = Date.UTC(2026, 10, 23, 12)
const header = 'time,room,quantity,device,value'

describe('npm run export', () => {
  let folder: string
  let store: Store
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'export-'))
    store = openStore(join(folder, 'house.db'))
    store.transaction(() => {
      for (const device of ['pi-1', 'pi-2']) {
        const add = store.readings.series({ room: '客廳', quantity: 'temperature', device }, false)
        for (let i = 0; i < 30 * 24; i += 1) add(i, now - i * hour, false)
      }
    })
    await archiveOldReadings({ store, now: () => now, log: silent })
  })
  after(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  async function run(args: string[], file = join(folder, 'house.db')) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'commands', 'export.ts'), ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, DATABASE_FILE: file, TZ: 'Asia/Taipei' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [output, errors, [code]] = await Promise.all([
      Array.fromAsync(child.stdout, String),
      Array.fromAsync(child.stderr, String),
      once(child, 'exit'),
    ])
    return { code, lines: output.join('').split('\n'), errors: errors.join('') }
  }

  it('writes all readings, archived or not, while a monitor uses the database', async () => {
    const { code, lines } = await run([])
    assert.equal(code, 0)
    assert.equal(lines.length, 2 * 30 * 24 + 2)
    assert.equal(lines[0], header)
    const times = lines.slice(1, -1).map((line) => line.split(',')[0] ?? '')
    assert.deepEqual(times, times.toSorted())
    assert.equal(times.at(-1), '2026-11-23T12:00:00.000Z')
  })

  it('writes the selected readings; a date is a day in TZ', async () => {
    const { lines } = await run([
      '--room',
      '客廳',
      '--quantity',
      'temperature',
      '--device',
      'pi-2',
      '--from',
      '2026-11-01',
      '--to',
      '2026-11-02',
    ])
    assert.equal(lines.length, 24 + 2)
    assert.match(lines[1] ?? '', /^2026-10-31T16:00:00.000Z,客廳,temperature,pi-2,\d+$/)
    assert.equal((await run(['--from', '2026-11-23T11:30:00Z'])).lines.length, 2 + 2)
    assert.equal((await run(['--from', String(now)])).lines.length, 2 + 2)
    assert.equal((await run(['--room', 'nowhere'])).lines.length, 2)
    store.labels.put({ room: '客廳', name: 'Living room', icon: null, position: null, group: null })
    const named = await run(['--room', 'Living room', '--names', '--from', String(now)])
    assert.match(named.lines[1] ?? '', /^2026-11-23T12:00:00.000Z,客廳,temperature,pi-1,0,Living room$/)
  })

  it('writes a file that appears only when it is complete', async () => {
    const out = join(folder, 'all.csv')
    const { code, lines } = await run(['--out', out])
    assert.deepEqual([code, lines], [0, ['']])
    assert.equal(readFileSync(out, 'utf8').split('\n').length, 2 * 30 * 24 + 2)
    assert.ok(!existsSync(`${out}.part`))
  })

  it('exits with 2 for an unknown option and with 1 without a database, and prints its help', async () => {
    assert.equal((await run(['--rooms', 'a'])).code, 2)
    for (const time of ['yesterday', '2026-02-30', '2026-11-23T12:00']) assert.equal((await run(['--from', time])).code, 2, time)
    assert.equal((await run(['--from', '5', '--to', '5'])).code, 2)
    const missing = await run([], join(folder, 'nothing.db'))
    assert.equal(missing.code, 1)
    assert.match(missing.errors, /nothing\.db cannot be read.*DATABASE_FILE/)
    const help = await run(['--help'])
    assert.equal(help.code, 0)
    assert.match(help.lines.join('\n'), /--quantity/)
  })
})
