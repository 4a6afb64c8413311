import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { type OpenOutbox, openOutbox } from '../../outbox/open.ts'
import { noon, outboxFolder, tick, ticks } from '../outbox-folder.ts'

describe('an outbox whose file is removed while the sensor runs', () => {
  let at: ReturnType<typeof outboxFolder>
  let opened: OpenOutbox[]
  let logged: string
  const log = createLog('outbox', 'error', (line) => {
    logged += line
  })
  beforeEach(() => {
    at = outboxFolder()
    opened = []
    logged = ''
  })
  afterEach(() => {
    for (const one of opened) one.close()
    at.end()
  })
  function open(): OpenOutbox {
    const one = openOutbox({ SENSOR_ID: 'pi-1', OUTBOX_DIR: at.folder, OUTBOX_MAX: 10_000, OUTBOX_SYNC: 'full' }, log)
    opened.push(one)
    return one
  }
  function close(one: OpenOutbox): void {
    one.close()
    opened.splice(opened.indexOf(one), 1)
  }
  const remove = () => {
    for (const part of ['', '-wal']) rmSync(at.file + part, { force: true })
  }
  /** Appends 101 rows, of which 40 are acknowledged. */
  function fill(one: OpenOutbox): void {
    one.outbox.append(ticks(100))
    one.outbox.moveCursor(40)
    one.outbox.append([tick(noon + 5_000_000, 100)])
  }
  function expectAll(one: OpenOutbox, epoch: string): void {
    const { outbox } = one
    assert.deepEqual([outbox.epoch, outbox.cursor, outbox.unacknowledged, outbox.last], [epoch, 40, 61, 101])
    assert.deepEqual(
      outbox.nextBatch(1000, 1e9)?.rows.map(({ values }) => values.temperature),
      Array.from({ length: 61 }, (_, i) => i + 40),
    )
    outbox.moveCursor(0)
    assert.equal(outbox.unacknowledged, 101, 'acknowledged rows are there for a monitor that has lost them')
    outbox.moveCursor(40)
  }

  const ways: Record<string, () => void> = {
    deleted: remove,
    'deleted without its log': () => rmSync(at.file),
    'missing its log': () => rmSync(`${at.file}-wal`),
    moved: () => renameSync(at.file, `${at.file}-elsewhere`),
    'replaced by another file': () => {
      remove()
      writeFileSync(at.file, 'something else')
    },
  }
  for (const [name, take] of Object.entries(ways)) {
    it(`and ${name} is restored with all its rows and numbers, and continues`, () => {
      const one = open()
      fill(one)
      const { epoch } = one.outbox
      assert.equal(one.renew(), false)
      take()
      assert.equal(one.renew(), true)
      assert.match(logged, /THE OUTBOX WAS DELETED OR REPLACED/)
      expectAll(one, epoch)
      assert.equal(one.outbox.append([tick(noon + 9_000_000, 101)])[0]?.seq, 102)
      assert.equal(one.renew(), false)
      close(one)
      const again = open()
      assert.deepEqual([again.outbox.epoch, again.outbox.unacknowledged, again.outbox.last], [epoch, 62, 102])
    })
  }

  it('is restored over an older copy of itself, which is moved aside', () => {
    const one = open()
    one.outbox.append(ticks(10))
    close(one)
    copyFileSync(at.file, join(at.folder, 'copy'))
    const two = open()
    const { epoch } = two.outbox
    two.outbox.append(ticks(90, noon + 100_000))
    remove()
    copyFileSync(join(at.folder, 'copy'), at.file)
    assert.equal(two.renew(), true)
    assert.deepEqual([two.outbox.epoch, two.outbox.last], [epoch, 100])
    assert.ok(existsSync(`${at.file}.replaced`))
  })

  it('continues without a file while another sensor uses that name', () => {
    const one = open()
    fill(one)
    remove()
    const other = open()
    assert.equal(one.renew(), false)
    assert.equal(one.renew(), false)
    assert.equal(logged.match(/THE OUTBOX IS GONE/g)?.length, 1)
    assert.equal(one.outbox.append([tick(noon + 9_000_000, 1)])[0]?.seq, 102)
    close(other)
    assert.equal(one.renew(), true)
    assert.equal(one.outbox.last, 102)
  })

  it('is restored as soon as its folder exists again', () => {
    const one = open()
    fill(one)
    const { epoch } = one.outbox
    rmSync(at.folder, { recursive: true })
    assert.equal(one.renew(), false)
    mkdirSync(at.folder)
    assert.equal(one.renew(), true)
    expectAll(one, epoch)
  })
})

describe('the quarantine', () => {
  it('stores the last 500 refused rows and counts older ones as lost', () => {
    const at = outboxFolder()
    const outbox = at.open()
    outbox.append(ticks(520))
    for (let seq = 1; seq <= 510; seq += 1) outbox.quarantine(seq)
    assert.deepEqual([outbox.unacknowledged, outbox.dropped], [10, 10])
    at.close(outbox)
    assert.equal(at.open().dropped, 10)
    at.end()
  })
})
