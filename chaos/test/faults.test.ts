import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Device, Gap } from '@hearthwatch/api/devices'
import { day, minute } from '@hearthwatch/protocol/durations'
import { until } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { compare } from '../oracle.ts'
import { readStored, readTaken, readWaiting, timeOf } from '../rows.ts'
import { copyDatabase, deleteDatabase, deleteWal, restoreDatabase, zeroPage } from '../snapshot.ts'
import type { Behaviour } from '../stream.ts'
import { type Clone, createTestbed, type Testbed, type TestSensor } from '../testbed.ts'
import { killSensor } from './kill-sensor.ts'

/** All tests share one testbed, so that each fault meets the state that the earlier ones have left. */
describe('every reading is stored exactly once despite a fault', { ...need('mosquitto'), timeout: 480_000 }, () => {
  let testbed: Testbed
  let sensor: TestSensor
  before(async () => {
    testbed = await createTestbed({ folder: mkdtempSync(join(tmpdir(), 'faults-')), broker: 'mosquitto', sensors: 1, volumes: false })
    sensor = testbed.sensors[1] as TestSensor
    await testbed.broker?.start()
    testbed.monitor.start()
    for (const { program } of testbed.sensors) program.start()
    await more()
  })
  after(() => testbed.close(false))

  const taken = () => readTaken(sensor.takenFile)
  const logOf = (name: string) => readFileSync(join(testbed.folder, 'log', `${name}.log`), 'utf8')

  async function waitFor(what: string, condition: () => boolean): Promise<void> {
    assert.ok(await until(condition, minute), `not within a minute: ${what}`)
  }
  const kill = (one: Clone = sensor) => killSensor(one)
  /** Waits for more readings, and until all readings taken by then are stored. */
  async function more(): Promise<void> {
    await moreTaken(20)
    await everything()
  }
  async function moreTaken(count: number): Promise<void> {
    const before = taken().length
    await waitFor(`${count} more readings`, () => taken().length >= before + count)
  }
  const stored = () => readStored(testbed.databaseFile).get(sensor.room) ?? []
  async function everything(): Promise<void> {
    const keys = taken()
    await waitFor('all readings are stored', () => compare(keys, stored(), new Set()).missing.length === 0)
    // Readings taken meanwhile may be stored as well.
    const all = compare(taken(), stored(), new Set())
    assert.deepEqual([all.double, all.altered, all.outOfOrder], [[], [], []])
  }
  /** Stops the monitor, changes its files, and starts it again. */
  async function whileStopped(work: () => void, cleanly = false): Promise<void> {
    await (cleanly ? testbed.monitor.stop() : testbed.monitor.kill())
    work()
    await moreTaken(6)
    testbed.monitor.start()
    await more()
  }
  async function onLink(behaviour: Behaviour, readings: number): Promise<void> {
    sensor.link.behave(behaviour)
    await moreTaken(readings)
    sensor.link.behave({ kind: 'pass' })
    await more()
  }

  it('the sensor is killed', async () => {
    await kill()
    sensor.program.start()
    await more()
  })

  it('the monitor is killed', () => whileStopped(() => {}))

  it('the broker is killed and replaced by one without its state', async () => {
    await testbed.broker?.kill()
    await moreTaken(6)
    await testbed.broker?.start()
    await more()
  })

  it('all programs are killed at once', async () => {
    await Promise.all([testbed.broker?.kill(), testbed.monitor.kill(), ...testbed.sensors.map(kill)])
    for (const { program } of testbed.sensors) program.start()
    testbed.monitor.start()
    await testbed.broker?.start()
    await more()
  })

  it('the monitor is frozen for a while', async () => {
    testbed.monitor.freeze()
    await moreTaken(20)
    testbed.monitor.resume()
    await more()
  })

  it('a link forwards one byte at a time', () => onLink({ kind: 'slow', bytesPerSecond: 500, piece: 1 }, 50))

  it('a link delays all bytes', () => onLink({ kind: 'delay', ms: 700 }, 40))

  it('a link swallows all bytes, and is cut', async () => {
    sensor.link.behave({ kind: 'swallow' })
    await moreTaken(10)
    sensor.link.behave({ kind: 'pass' })
    sensor.link.cut()
    await more()
  })

  it('the database is deleted while the monitor is stopped', () => whileStopped(() => deleteDatabase(testbed.databaseFile)))

  it('the database is restored from an earlier copy', async () => {
    const copy = join(testbed.folder, 'copies', 'earlier')
    await whileStopped(() => copyDatabase(testbed.databaseFile, copy))
    await whileStopped(() => assert.ok(restoreDatabase(testbed.databaseFile, copy)))
  })

  it('the database loses its WAL', () => whileStopped(() => deleteWal(testbed.databaseFile)))

  it('a page of the database is zeroed: the monitor moves it aside and starts with a new one', async () => {
    await whileStopped(() => zeroPage(testbed.databaseFile, (pages) => Math.floor(pages / 2)), true)
    assert.match(logOf('monitor'), /THE DATABASE IS DAMAGED and was moved aside/)
    assert.deepEqual(testbed.monitor.crashes, [])
  })

  it('the database is deleted under the running monitor, which notices it and restarts', async () => {
    const before = testbed.monitor.crashes.length
    deleteDatabase(testbed.databaseFile)
    await waitFor('the monitor exits', () => testbed.monitor.crashes.length > before)
    assert.match(testbed.monitor.crashes.at(-1) ?? '', /THE DATABASE WAS DELETED OR REPLACED/)
    await more()
  })

  it('the outbox is deleted under the running sensor, which restores it', async () => {
    // Readings that wait in the outbox must not be lost either.
    sensor.link.refuse(true)
    sensor.link.cut()
    await moreTaken(20)
    for (const part of ['', '-wal']) rmSync(sensor.outboxFile + part)
    await waitFor('the sensor notices it', () => /THE OUTBOX WAS DELETED OR REPLACED/.test(logOf(sensor.id)))
    await kill()
    sensor.link.refuse(false)
    sensor.program.start()
    await more()
    assert.deepEqual(sensor.program.crashes, [])
  })

  it('the outbox is rolled back to an earlier copy', async () => {
    const copy = join(testbed.folder, 'copies', 'outbox')
    await kill()
    copyDatabase(sensor.outboxFile, copy)
    sensor.program.start()
    await more()
    // All rows are sent first; rows that exist only in this outbox would be lost with it.
    await kill()
    sensor.program.start({ READ_INTERVAL: '86400' })
    await everything()
    await kill()
    assert.ok(restoreDatabase(sensor.outboxFile, copy))
    sensor.program.start({})
    await more()
  })
  it('the SD card is cloned, so that two sensors have the same identity', async () => {
    const folder = join(testbed.folder, 'clone')
    mkdirSync(folder)
    const clone = testbed.cloneOf(sensor, folder)
    await kill()
    copyDatabase(sensor.outboxFile, folder)
    for (const { program } of [sensor, clone]) program.start()
    await waitFor('both take readings', () => readTaken(clone.takenFile).length > 30)
    await Promise.all([kill(), kill(clone)])
    const both = [clone, sensor].map((one) => ({ one, keys: new Set(readTaken(one.takenFile)) }))
    for (const { one, keys } of both) {
      // One after the other, because the broker disconnects one of two clients with the same id.
      one.program.start({ READ_INTERVAL: '86400' })
      const all = both.flatMap(({ keys: own }) => [...own])
      await waitFor('all its readings are stored', () => !compare(all, stored(), new Set()).missing.some((key) => keys.has(key)))
      await kill(one)
    }
    appendFileSync(sensor.takenFile, readFileSync(clone.takenFile))
    sensor.program.start({})
    await more()
  })

  it("the sensor's clock is ten years ahead for a while, and ten years behind", async () => {
    for (const years of [10, -10]) {
      sensor.program.clockOffset = years * 365 * day
      await moreTaken(20)
      sensor.program.clockOffset = 0
    }
    await more()
    assert.ok(taken().every((key) => Math.abs(timeOf(key) - Date.now()) < 10 * minute))
  })

  it('readings that exceed the cap of the outbox in a long outage are shown as a gap', async () => {
    await kill()
    sensor.link.refuse(true)
    sensor.program.start({ OUTBOX_MAX: '100' })
    await moreTaken(180)
    await kill()
    sensor.link.refuse(false)
    const rest = taken().slice(-20)
    sensor.program.start({ READ_INTERVAL: '86400' })
    await waitFor('the rest is stored', () => compare(rest, stored(), new Set()).missing.length === 0)
    await kill()
    const lost = compare(taken(), stored(), new Set())
    assert.ok(lost.missing.length >= 60, `${lost.missing.length} were lost`)
    assert.deepEqual([lost.double, lost.altered, lost.outOfOrder], [[], [], []])
    const gaps = await testbed.get<Gap[]>(`/api/gaps?device=${sensor.id}`)
    const inGaps = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    assert.equal(inGaps, lost.missing.length, JSON.stringify(gaps))
    const devices = await testbed.get<Device[]>('/api/devices')
    assert.equal(devices.find(({ id }) => id === sensor.id)?.missing, lost.missing.length)
    // Some of the dropped rows may be stored, if their acknowledgement was lost.
    assert.ok(readWaiting(sensor.outboxFile).dropped >= lost.missing.length)
  })
})
