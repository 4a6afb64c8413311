import assert from 'node:assert/strict'
import { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Device, Gap } from '@hearthwatch/api/devices'
import { need } from '@hearthwatch/testhouse/need'
import { type Clone, type House, openHouse, type SensorPlace } from '../house.ts'
import { compare } from '../oracle.ts'
import { readOutbox, readStored, readTruth, readWaiting, timeOf } from '../rows.ts'
import { copyDatabase, deleteDatabase, deleteWal, restoreDatabase } from '../snapshot.ts'
import type { Manner } from '../stream.ts'

const page = 4096

/** One house for all of it: each fault meets what the ones before have left. */
describe('Every reading is stored once, in a house', { ...need('mosquitto'), timeout: 480_000 }, () => {
  let house: House
  let sensor: SensorPlace
  before(async () => {
    house = await openHouse({ folder: mkdtempSync(join(tmpdir(), 'faults-')), broker: 'mosquitto', sensors: 1, volumes: false })
    sensor = house.sensors[1] as SensorPlace
    await house.broker?.start()
    house.monitor.start()
    for (const { program } of house.sensors) program.start()
    await more()
  })
  after(() => house.close(false))

  const taken = () => readTruth(sensor.truthFile)
  const saidBy = (name: string) => readFileSync(join(house.folder, 'log', `${name}.log`), 'utf8')

  async function until(what: string, holds: () => boolean, within = 60_000): Promise<void> {
    const end = performance.now() + within
    while (!holds()) {
      if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`)
      await delay(100)
    }
  }
  /** Killed between its outbox's commit and the line that it writes down, a sensor has taken what only the outbox knows. */
  async function kill({ program, outboxFile, truthFile }: Clone = sensor): Promise<void> {
    await program.kill()
    const written = new Set(readTruth(truthFile))
    for (const key of readOutbox(outboxFile).filter((one) => !written.has(one))) {
      const [quantity = '', time, value] = key.split(' ')
      appendFileSync(truthFile, `0 ${time} ${JSON.stringify({ [quantity]: Number(value) })}\n`)
    }
  }
  /** Lets the sensor take some more, and waits until all that it has taken by then is stored. */
  async function more(count = 20): Promise<void> {
    const before = taken().length
    await until(`${count} more readings`, () => taken().length >= before + count)
    await everything()
  }
  const stored = () => readStored(house.databaseFile).get(sensor.room) ?? []
  async function everything(): Promise<void> {
    const keys = taken()
    await until('everything is stored', () => compare(keys, stored(), new Set()).missing.length === 0)
    // What was taken meanwhile may be there as well.
    const all = compare(taken(), stored(), new Set())
    assert.deepEqual([all.double, all.altered, all.outOfOrder], [[], [], []])
  }
  /** The monitor is away for a while, and something is done to its files. */
  async function whileDead(work: () => void, politely = false): Promise<void> {
    await (politely ? house.monitor.stop() : house.monitor.kill())
    work()
    await delay(300)
    house.monitor.start()
    await more()
  }
  async function onLink(manner: Manner, ms: number): Promise<void> {
    sensor.link.behave(manner)
    await delay(ms)
    sensor.link.behave({ kind: 'pass' })
    await more()
  }

  it('whose sensor is killed', async () => {
    await kill()
    sensor.program.start()
    await more()
  })

  it('whose monitor is killed', () => whileDead(() => {}))

  it('whose broker is killed, and another one that knows nothing comes in its place', async () => {
    await house.broker?.kill()
    await delay(300)
    await house.broker?.start()
    await more()
  })

  it('in which all are killed at once', async () => {
    await Promise.all([house.broker?.kill(), house.monitor.kill(), ...house.sensors.map(kill)])
    for (const { program } of house.sensors) program.start()
    house.monitor.start()
    await house.broker?.start()
    await more()
  })

  it('whose monitor stands still for a while', async () => {
    house.monitor.freeze()
    await delay(2000)
    house.monitor.thaw()
    await more()
  })

  it('in which a link lets one byte through at a time', () => onLink({ kind: 'slow', bytesPerSecond: 500, piece: 1 }, 2500))

  it('in which a link delays all', () => onLink({ kind: 'delay', ms: 700 }, 2000))

  it('in which a link is a black hole, and is cut', async () => {
    sensor.link.behave({ kind: 'swallow' })
    await delay(1000)
    sensor.link.behave({ kind: 'pass' })
    sensor.link.cut()
    await more()
  })

  it('whose database is deleted while the monitor is away', () => whileDead(() => deleteDatabase(house.databaseFile)))

  it('whose database is restored from an earlier day', async () => {
    const copy = join(house.folder, 'copies', 'earlier')
    await whileDead(() => copyDatabase(house.databaseFile, copy))
    await whileDead(() => assert.ok(restoreDatabase(house.databaseFile, copy)))
  })

  it('whose database comes back without its WAL', () => whileDead(() => deleteWal(house.databaseFile)))

  it('in whose database a page is zeroed: the monitor moves it aside and starts by itself', async () => {
    await whileDead(() => {
      const file = openSync(house.databaseFile, 'r+')
      writeSync(file, Buffer.alloc(page), 0, page, Math.floor(statSync(house.databaseFile).size / page / 2) * page)
      closeSync(file)
    }, true)
    assert.match(saidBy('monitor'), /THE DATABASE IS DAMAGED and was moved aside/)
    assert.deepEqual(house.monitor.accidents, [])
  })

  it('whose database is deleted under the running monitor, which notices and starts again', async () => {
    const before = house.monitor.accidents.length
    deleteDatabase(house.databaseFile)
    await until('the monitor ends', () => house.monitor.accidents.length > before)
    assert.match(house.monitor.accidents.at(-1) ?? '', /THE DATABASE WAS DELETED OR REPLACED/)
    await more()
  })

  it('whose outbox is deleted under the running sensor, which puts it back', async () => {
    // What has waited there is not lost either.
    sensor.link.refuse(true)
    sensor.link.cut()
    const begin = taken().length
    await until('some readings wait', () => taken().length > begin + 20)
    for (const part of ['', '-wal']) rmSync(sensor.outboxFile + part)
    await until('it is noticed', () => /THE OUTBOX WAS DELETED OR REPLACED/.test(saidBy(sensor.id)))
    await kill()
    sensor.link.refuse(false)
    sensor.program.start()
    await more()
    assert.deepEqual(sensor.program.accidents, [])
  })

  it('whose outbox is rolled back to an earlier day', async () => {
    const copy = join(house.folder, 'copies', 'outbox')
    await kill()
    copyDatabase(sensor.outboxFile, copy)
    sensor.program.start()
    await more()
    // What only the card of today held would be lost with it: it has told all.
    await kill()
    sensor.program.start({ READ_INTERVAL: '86400' })
    await everything()
    await kill()
    assert.ok(restoreDatabase(sensor.outboxFile, copy))
    sensor.program.start({})
    await more()
  })
  it('whose card was cloned, so that two sensors say that they are this one', async () => {
    const folder = join(house.folder, 'clone')
    mkdirSync(folder)
    const clone = house.cloneOf(sensor, folder)
    await kill()
    copyDatabase(sensor.outboxFile, folder)
    for (const { program } of [sensor, clone]) program.start()
    await until('both take readings', () => readTruth(clone.truthFile).length > 30)
    await Promise.all([kill(), kill(clone)])
    const told = [clone, sensor].map((one) => ({ one, keys: new Set(readTruth(one.truthFile)) }))
    for (const { one, keys } of told) {
      // One after the other: together they push each other out.
      one.program.start({ READ_INTERVAL: '86400' })
      const all = told.flatMap(({ keys: own }) => [...own])
      await until('it has told all that it has', () => !compare(all, stored(), new Set()).missing.some((key) => keys.has(key)))
      await kill(one)
    }
    appendFileSync(sensor.truthFile, readFileSync(clone.truthFile))
    sensor.program.start({})
    await more()
  })

  it('whose sensor’s clock is ten years ahead for a while, and ten years behind', async () => {
    for (const years of [10, -10]) {
      sensor.program.clockOffset = years * 365 * 86_400_000
      const before = taken().length
      await until('it goes on', () => taken().length > before + 20)
      sensor.program.clockOffset = 0
    }
    await more()
    const times = taken().map(timeOf)
    assert.ok(times.every((time) => Math.abs(time - Date.now()) < 600_000))
  })

  it('or is shown as a gap, where the outbox had too little room for a long outage', async () => {
    await kill()
    sensor.link.refuse(true)
    sensor.program.start({ OUTBOX_MAX: '100' })
    const before = taken().length
    await until('there are more than it can hold', () => taken().length > before + 180)
    await kill()
    sensor.link.refuse(false)
    const rest = taken().slice(-20)
    sensor.program.start({ READ_INTERVAL: '86400' })
    await until('the rest comes', () => compare(rest, stored(), new Set()).missing.length === 0)
    await kill()
    const lost = compare(taken(), stored(), new Set())
    assert.ok(lost.missing.length >= 60, `${lost.missing.length} were lost`)
    assert.deepEqual([lost.double, lost.altered, lost.outOfOrder], [[], [], []])
    const gaps = await house.get<Gap[]>(`/api/gaps?device=${sensor.id}`)
    assert.equal(
      gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
      lost.missing.length,
      JSON.stringify(gaps),
    )
    const devices = await house.get<Device[]>('/api/devices')
    assert.equal(devices.find(({ id }) => id === sensor.id)?.missing, lost.missing.length)
    const { dropped } = readWaiting(sensor.outboxFile)
    // The answer to some of them was lost, perhaps.
    assert.ok(dropped >= lost.missing.length)
  })
})
