import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { isDiskError, OutboxUnusable, openFile } from '../../outbox/file.ts'
import { openOutbox } from '../../outbox/open.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { noon, outboxFolder, tick, ticks } from '../outbox-folder.ts'

const writer = join(import.meta.dirname, '..', 'append-forever.ts')

describe('the outbox on disk', () => {
  let at: ReturnType<typeof outboxFolder>
  beforeEach(() => {
    at = outboxFolder()
  })
  afterEach(() => at.end())
  const valuesOf = (outbox: Outbox) => outbox.nextBatch(1_000_000, 1e9)?.rows.map(({ values }) => values.temperature) ?? []

  it('has all rows that a killed process had appended, and no incomplete one', async () => {
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, [writer, at.file], { stdio: ['ignore', 'pipe', 'inherit'] })
      let printed = -1
      for await (const line of createInterface({ input: child.stdout })) {
        printed = Number(line)
        // Kills it at any point of its work.
        if (printed % 100 >= 50 + round * 7) break
      }
      child.kill('SIGKILL')
      await once(child, 'close')
      const outbox = at.open()
      const values = valuesOf(outbox)
      assert.ok(values.length > printed, `${values.length} rows, the last one printed was ${printed}`)
      assert.deepEqual(
        values,
        values.map((_, i) => i),
      )
      at.close(outbox)
    }
  })

  it('has the first rows after a power cut, wherever the writing stopped', () => {
    const outbox = at.open()
    for (const one of ticks(60)) outbox.append([one])
    const log = readFileSync(`${at.file}-wal`).length
    for (let cut = 0; cut <= 20; cut += 1) {
      const copy = join(at.folder, `cut-${cut}`, 'pi-1.db')
      mkdirSync(join(at.folder, `cut-${cut}`))
      copyFileSync(at.file, copy)
      copyFileSync(`${at.file}-wal`, `${copy}-wal`)
      truncateSync(`${copy}-wal`, Math.floor((log * cut) / 20))
      const rest = openOutbox(
        { SENSOR_ID: 'pi-1', OUTBOX_DIR: join(at.folder, `cut-${cut}`), OUTBOX_MAX: 1000, OUTBOX_SYNC: 'full' },
        silent,
      )
      const values = valuesOf(rest.outbox)
      assert.deepEqual(
        values,
        values.map((_, i) => i),
      )
      if (cut === 20) assert.equal(values.length, 60)
      rest.close()
    }
  })

  it('is refused to a second process', () => {
    at.open()
    const { status, stderr } = run(at.folder)
    assert.equal(status, 1)
    assert.match(stderr, /another sensor uses this outbox: .*pi-1\.db/)
    assert.doesNotMatch(stderr, / at .*\.ts:/, 'a message, not a stack')
    assert.throws(() => at.open(), OutboxUnusable)
  })

  it('is reported without a stack if it cannot be made', () => {
    writeFileSync(join(at.folder, 'file'), '')
    const { status, stderr } = run(join(at.folder, 'file', 'folder'))
    assert.equal(status, 1)
    assert.match(stderr, /the outbox's folder cannot be used/)
    assert.doesNotMatch(stderr, / at .*\.ts:/)
  })

  it('made by a newer version is refused and not changed', () => {
    const outbox = at.open()
    at.close(outbox)
    const database = openFile(at.file, 'full', silent)
    database.exec('PRAGMA user_version = 2')
    database.close()
    assert.throws(() => at.open(), /newer version/)
    assert.ok(!existsSync(`${at.file}.damaged`))
  })

  for (const [name, damage] of Object.entries({
    'with a page of zeros': (file: string) => {
      const bytes = readFileSync(file)
      bytes.fill(0, 2048, 4096)
      writeFileSync(file, bytes)
    },
    'cut short': (file: string) => truncateSync(file, 5000),
    'that is none': (file: string) =>
      writeFileSync(file, 'not a database, but long enough to look like a file that might be one'.repeat(99)),
  })) {
    it(`${name} is moved aside with an error, and a new one is begun`, () => {
      const before = at.open()
      before.append(ticks(300))
      at.close(before)
      damage(at.file)
      let logged = ''
      const log = createLog('outbox', 'error', (line) => {
        logged += line
      })
      const opened = openOutbox({ SENSOR_ID: 'pi-1', OUTBOX_DIR: at.folder, OUTBOX_MAX: 1000, OUTBOX_SYNC: 'full' }, log)
      const { outbox } = opened
      assert.match(logged, /OUTBOX IS DAMAGED.*pi-1\.db\.damaged/)
      assert.notEqual(outbox.epoch, before.epoch)
      assert.deepEqual([outbox.cursor, outbox.unacknowledged, outbox.append([tick(noon, 1)])[0]?.seq], [0, 0, 1])
      assert.ok(existsSync(`${at.file}.damaged`))
      opened.close()
    })
  }

  it('is new if its database was deleted and its log remained', () => {
    const before = at.open()
    before.append(ticks(30))
    const log = readFileSync(`${at.file}-wal`)
    at.close(before)
    rmSync(at.file)
    writeFileSync(`${at.file}-wal`, log)
    const after = at.open()
    assert.notEqual(after.epoch, before.epoch)
    assert.deepEqual([after.cursor, after.unacknowledged], [0, 0])
  })
})

function run(folder: string): { status: number; stderr: string } {
  try {
    execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', 'main.ts')], {
      cwd: import.meta.dirname,
      env: { PATH: process.env.PATH, ROOM: 'kitchen', SENSOR_ID: 'pi-1', OUTBOX_DIR: folder, PROBE: 'simulated' },
      stdio: 'pipe',
      timeout: 20_000,
    })
  } catch (error) {
    return { status: (error as { status: number }).status, stderr: String((error as { stderr: Buffer }).stderr) }
  }
  return { status: 0, stderr: '' }
}

/** Mounts a disk of 300 KB. @returns false unless run as root */
function smallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const probe = outboxFolder()
const mayMount = smallDisk(probe.folder)
if (mayMount) execFileSync('umount', [probe.folder])
probe.end()

describe('an outbox on a full disk', { skip: mayMount ? false : 'only root can mount a small disk' }, () => {
  let at: ReturnType<typeof outboxFolder>
  beforeEach(() => {
    at = outboxFolder()
    mkdirSync(join(at.folder, 'disk'))
    smallDisk(join(at.folder, 'disk'))
  })
  afterEach(() => {
    execFileSync('umount', [join(at.folder, 'disk')])
    at.end()
  })
  const settings = () => ({ SENSOR_ID: 'pi-1', OUTBOX_DIR: join(at.folder, 'disk'), OUTBOX_MAX: 1000, OUTBOX_SYNC: 'full' as const })
  const filler = () => join(at.folder, 'disk', 'filler')
  function fill(): void {
    for (const size of [65_536, 4096, 512]) {
      try {
        for (;;) writeFileSync(filler(), Buffer.alloc(size), { flag: 'a' })
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
      }
    }
  }

  it('appends no row and damages none, and continues when there is space again', () => {
    const opened = openOutbox(settings(), silent)
    const { outbox } = opened
    outbox.append(ticks(5))
    fill()
    let failure: unknown
    for (let i = 0; i < 2000 && failure === undefined; i += 1) {
      try {
        outbox.append([tick(noon + 100_000 + i, i)])
      } catch (error) {
        failure = error
      }
    }
    assert.ok(isDiskError(failure), String(failure))
    const { last, unacknowledged } = outbox
    assert.equal(outbox.nextBatch(10_000, 1e9)?.rows.length, unacknowledged, 'the appended rows can be read and sent')
    rmSync(filler())
    const [row] = outbox.append([tick(noon + 9_000_000, 1)])
    assert.deepEqual([row?.seq, row?.time], [last + 1, noon + 9_000_000])
    opened.close()
    const again = openOutbox(settings(), silent)
    assert.equal(again.outbox.unacknowledged, unacknowledged + 1)
    again.close()
  })

  it('counts a read-only file system as a failing disk, not as a wrong setting', () => {
    for (const code of ['EROFS', 'ENOSPC', 'EIO']) assert.ok(isDiskError(Object.assign(new Error(code), { code })))
    for (const code of ['EACCES', 'ENOTDIR']) assert.ok(!isDiskError(Object.assign(new Error(code), { code })))
  })

  it('starts in memory, and moves to the disk when there is space', () => {
    fill()
    const opened = openOutbox(settings(), silent)
    assert.deepEqual(
      opened.outbox.append(ticks(3)).map(({ seq }) => seq),
      [1, 2, 3],
    )
    assert.equal(opened.renew(), false)
    rmSync(filler())
    assert.equal(opened.renew(), true)
    assert.equal(opened.outbox.unacknowledged, 3)
    assert.equal(opened.renew(), false)
    opened.close()
    const again = openOutbox(settings(), silent)
    assert.equal(again.outbox.unacknowledged, 3)
    again.close()
  })
})
