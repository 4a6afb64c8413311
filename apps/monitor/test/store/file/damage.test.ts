import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Rule } from '@hearthwatch/api/rule'
import { createLog } from '@hearthwatch/log'
import Database from 'better-sqlite3'
import { builtInRules } from '../../../rules/builtin.ts'
import { Damaged, DatabaseError, moveAside, suspect } from '../../../store/file/damage.ts'
import { openDatabase } from '../../../store/file/open.ts'
import { openStore } from '../../../store/store.ts'

const pageSize = 4096
/** Recent, so that a starting monitor does not archive the readings. ms */
const begin = Math.floor(Date.now() / 1000) * 1000 - 6 * 3_600_000

describe('A damaged database', () => {
  let folder: string
  let file: string
  let told: string
  const log = createLog('monitor', 'error', (line) => {
    told += line
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'damaged-'))
    file = join(folder, 'house.db')
    told = ''
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** A database of some hundred pages with an empty log. */
  function fill(rows = 20_000): void {
    const store = openStore(file)
    const name = { room: 'kitchen', quantity: 'temperature', device: null }
    store.transaction(() => {
      for (let i = 0; i < rows; i += 1) store.readings.addTimed(name, 20 + (i % 50) / 10, begin + i * 1000, false)
    })
    store.close()
  }

  function change(work: (bytes: Buffer) => void): void {
    const bytes = readFileSync(file)
    work(bytes)
    writeFileSync(file, bytes)
  }
  const zero = (page: number) => change((bytes) => bytes.fill(0, page * pageSize, (page + 1) * pageSize))
  const damagedOnes = () => readdirSync(folder).filter((name) => name.includes('.damaged-') && !/-(wal|shm)$/.test(name))
  const count = () => {
    const db = openDatabase(file, log)
    try {
      return db.prepare('SELECT count(*) FROM readings').pluck().get()
    } finally {
      db.close()
    }
  }

  const damages: Record<string, () => void> = {
    'with a page of zeros in the middle': () => zero(Math.floor(statSync(file).size / pageSize / 2)),
    'with its last page zeroed': () => zero(statSync(file).size / pageSize - 1),
    'with its first page zeroed': () => zero(0),
    'with garbage for a header': () => change((bytes) => bytes.fill('not a database. ', 0, 100)),
    'with garbage all over a page': () => change((bytes) => bytes.fill(0xa5, 20 * pageSize, 21 * pageSize)),
    'that was cut short': () => truncateSync(file, Math.floor(statSync(file).size / 2 / pageSize) * pageSize),
    'that was cut short in the middle of its first page': () => truncateSync(file, 1000),
  }
  for (const [name, damage] of Object.entries(damages)) {
    it(`${name} is moved aside with an error in the log, and an empty one is created`, () => {
      fill()
      damage()
      assert.equal(count(), 0)
      assert.match(told, /THE DATABASE IS DAMAGED.*house\.db\.damaged-\d{8}T\d{6}Z/)
      assert.equal(damagedOnes().length, 1, damagedOnes().join())
      told = ''
      assert.equal(count(), 0)
      assert.equal(told, '', 'the new one is sound')
    })
  }

  it('is moved with its log, which would otherwise be applied to the new database', () => {
    fill()
    for (const part of ['-wal', '-shm']) writeFileSync(file + part, `the ${part}`)
    const aside = moveAside(file, begin)
    for (const part of ['-wal', '-shm']) {
      assert.equal(readFileSync(aside + part, 'utf8'), `the ${part}`)
      assert.ok(!existsSync(file + part))
    }
  })

  it('passes the users’ settings to the new one: rules, silences, room labels', () => {
    const store = openStore(file)
    const rule = { ...builtInRules(30)[0], name: 'cellar-wet', quantity: 'humidity', limit: 70 } as Rule
    store.transaction(() => {
      store.rules.put(rule, begin)
      store.labels.put({ room: 'kitchen', name: 'Küche', icon: null, position: null, group: null })
    })
    store.close()
    fill()
    zero(Math.floor(statSync(file).size / pageSize) - 3)
    const care = { log, onLost: () => {} }
    const after = openStore(file, builtInRules(30), care)
    assert.match(told, /saved=.*rule.*label/)
    assert.equal(after.rules.get('cellar-wet')?.rule.limit, 70)
    assert.equal(after.labels.get('kitchen')?.name, 'Küche')
    after.close()
  })

  it('is not one whose log was lost: the sensors complete such a database', () => {
    fill(5000)
    const writer = new Database(file)
    writer.pragma('journal_mode = WAL')
    writer.exec('DELETE FROM reading')
    // As after a kill: a clean close would have written the log into the database.
    const older = readFileSync(file)
    writer.close()
    writeFileSync(file, older)
    for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true })
    assert.equal(count(), 5000)
    assert.equal(told, '')
  })

  it('is not one of a newer version, which is refused', () => {
    fill(10)
    const db = new Database(file)
    db.pragma('user_version = 999')
    db.close()
    assert.throws(() => openDatabase(file, log), /newer version of Hearthwatch/)
    assert.deepEqual(damagedOnes(), [])
  })

  it('that another monitor has open is not moved', () => {
    fill(10)
    const db = openDatabase(file)
    assert.throws(() => openDatabase(file, log), /Another monitor/)
    db.close()
    assert.deepEqual(damagedOnes(), [])
  })

  it('is locked again after it was replaced by an empty one', () => {
    fill()
    zero(30)
    const db = openDatabase(file, log)
    assert.throws(() => openDatabase(file, log), /Another monitor/)
    db.close()
  })

  it('is an error for other programs; only the monitor moves it', () => {
    fill()
    zero(30)
    assert.throws(
      () => openDatabase(file),
      (error) => error instanceof DatabaseError && /is damaged.*Move it away/.test(error.message),
    )
    assert.deepEqual(damagedOnes(), [])
  })

  it('that cannot be moved prevents the start with a message, and all files stay in place', () => {
    fill(10)
    mkdirSync(join(folder, 'inside'))
    writeFileSync(join(folder, 'inside', 'file'), '')
    // A folder with this name that is not empty cannot be replaced.
    const at = begin
    const name = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
    writeFileSync(`${file}-wal`, 'log')
    mkdirSync(`${file}.damaged-${name}-wal`)
    writeFileSync(join(`${file}.damaged-${name}-wal`, 'file'), '')
    assert.throws(() => moveAside(file, at))
    assert.equal(readFileSync(`${file}-wal`, 'utf8'), 'log')
    assert.ok(existsSync(file))
  })

  it('is kept for recovery by hand, at most two of them, so that the disk does not fill up', () => {
    for (let round = 0; round < 4; round += 1) {
      fill(2000)
      zero(10)
      moveAside(file, begin + round * 1000)
    }
    assert.deepEqual(
      damagedOnes(),
      [2, 3].map((round) => `house.db.damaged-${new Date(begin + round * 1000).toISOString().replace(/[-:]|\.\d+/g, '')}`),
    )
  })

  it('that is found only while in use is checked thoroughly at the next start, and always moved aside after a second time', () => {
    fill(100)
    suspect(file)
    const once = openDatabase(file, log)
    assert.equal(told, '')
    // As after a kill: it was not closed cleanly.
    suspect(file)
    once.close()
    suspect(file)
    suspect(file)
    assert.throws(() => openDatabase(file), Damaged)
    assert.equal(count(), 0)
    assert.match(told, /found 2 times while it was in use/)
  })

  it('ends the monitor that finds it, and the next start moves it aside', async () => {
    fill()
    mkdirSync(join(folder, 'mosquitto'))
    writeFileSync(join(folder, 'mosquitto', 'acl'), '')
    const first = start(folder, file)
    const page = await first.page
    // Damaged while in use. Another program writes, so that the monitor reads the pages again.
    const other = new Database(file)
    other.exec('CREATE TABLE another (one)')
    other.close()
    const descriptor = openSync(file, 'r+')
    for (let page = 40; page < statSync(file).size / pageSize; page += 1)
      writeSync(descriptor, Buffer.alloc(pageSize), 0, pageSize, page * pageSize)
    closeSync(descriptor)
    await fetch(new URL(`/api/readings?room=kitchen&quantity=temperature&from=${begin}&to=${begin + 20_000_000}`, page)).catch(() => {})
    assert.notEqual(await first.ended, 0)
    assert.match(first.said(), /THE DATABASE IS DAMAGED: this process ends/)
    const second = start(folder, file)
    await second.page
    assert.match(second.said(), /was moved aside/)
    second.kill()
    await second.ended
    assert.equal(count(), 0)
    assert.equal(damagedOnes().length, 1)
  })
})

function start(folder: string, file: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', '..', 'main.ts')], {
    cwd: folder,
    env: { PATH: process.env.PATH, HTTP_PORT: '0', BROKER_PORT: '0', DATABASE_FILE: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const page = new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (text) => {
      said += text
      const found = /page is ready url=(\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found.replaceAll('"', ''))
    })
    child.once('exit', () => reject(new Error(said)))
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { page, ended, said: () => said, kill: () => child.kill('SIGKILL') }
}
