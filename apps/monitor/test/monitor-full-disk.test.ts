import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { writeBatch } from '@hearthwatch/protocol'
import { day, hour } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { BatchSensor } from '@hearthwatch/testhouse/sensors/batch-sensor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { MqttClient } from 'mqtt'

const isRoot = process.getuid?.() === 0

describe('On a full disk, a monitor', { skip: isRoot ? false : 'a disk of its own can only be mounted by root' }, () => {
  const disk = mkdtempSync(join(tmpdir(), 'full-'))
  const filler = join(disk, 'filler')
  const lines: string[] = []
  let ahead = 0
  let inbox: Inbox
  let house: TestMonitor

  before(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk])
    inbox = await startInbox()
    house = await startTestMonitor(
      { DATABASE_FILE: join(disk, 'house.db'), SMTP_URL: inbox.url, MAIL_TO: 'anna@home.example', MAIL_FROM: 'house@home.example' },
      createLog('monitor', 'info', (line) => lines.push(line)),
      () => Date.now() + ahead,
    )
  })
  after(async () => {
    await house?.close()
    await inbox?.close()
    execFileSync('umount', ['--lazy', disk])
    rmSync(disk, { recursive: true, force: true })
  })

  /** Takes all room but that of the reserve file. */
  function fill(): void {
    for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
      }
    }
    assert.equal(statfsSync(disk).bavail, 0)
  }
  /** Publishes readings until the free pages of the files are used up. @returns their number */
  async function publishUntilFull(client: MqttClient): Promise<number> {
    const before = lines.length
    let published = 0
    while (!lines.slice(before).some((line) => /database cannot be written/.test(line))) {
      void client.publishAsync('home/attic/temperature', String(20 + (published % 70) / 10), { qos: 0 })
      await client.publishAsync('home/attic/humidity', String(40 + (published % 50)), { qos: 0 })
      published += 2
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return published
  }
  const count = () => house.rows<{ n: number }>('SELECT count(*) AS n FROM readings')[0]?.n ?? 0
  const logged = (text: RegExp) => eventually(() => lines.find((line) => text.test(line)))
  const isAbout = (subject: RegExp) => (mail: { subject: string }) => subject.test(mail.subject)
  let answer: Promise<number>
  let isAnswered = false
  let publisher: MqttClient
  let sensor: BatchSensor
  let rows = 0

  it('acknowledges nothing, keeps readings in memory, and sends a mail through the room that it has kept', async () => {
    const client = await house.client()
    publisher = await house.client({ username: 'sensor' })
    sensor = await new BatchSensor(publisher, 'sensor', 'kitchen').begin()
    await client.publishAsync('home/attic/temperature', '20', { qos: 1 })
    await eventually(() => count() === 1)
    fill()
    rows = 1 + (await publishUntilFull(client))
    const { status } = await fetch(new URL('/api/health', house.url))
    assert.equal(status, 503)
    const mail = await inbox.next(isAbout(/the disk is full: nothing is stored/i))
    assert.match(mail.text, /Disk used\W+100 %/)
    const stored = count()
    answer = sensor.send(sensor.batch(1, [21.5, 21.6])).then(({ seq }) => seq)
    void answer.then(() => {
      isAnswered = true
    })
    // Two attempts to go on.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    assert.equal(count(), stored, 'the room is kept for notifications')
    assert.equal(isAnswered, false)
  })

  it('notifies again each day', async () => {
    ahead = day + 1000
    const mail = await inbox.next(isAbout(/the disk is still full, for 1 day/i))
    assert.match(mail.subject, /nothing is stored/)
  })

  it('takes 200 batches into memory and no further one, which their sensor sends again', async () => {
    for (let seq = 3; seq <= 210; seq += 1)
      // A time of its own each: at most a hundred readings of a series may share one.
      await publisher.publishAsync('device/sensor/readings', writeBatch(sensor.batch(seq, [20 + seq / 100], { age: (300 - seq) * 20 })), {
        qos: 1,
      })
  })

  it('goes on by itself when there is room, says for how long it waited and how many readings it has caught up, and loses none', async () => {
    rmSync(filler)
    const line = await logged(/INFO.*the database can be written again/)
    assert.match(line, /readings=[1-9]\d* after="\d+ [a-z]+"/)
    assert.equal(await answer, 2)
    await eventually(() => count() === rows + 2 + 199)
    assert.equal((await sensor.send(sensor.batch(202, Array(9).fill(22)))).seq, 210)
    await eventually(() => count() === rows + 210)
    await inbox.next(isAbout(/the disk.* has room again/i))
    assert.equal((await fetch(new URL('/api/health', house.url))).status, 200)
    assert.ok(statfsSync(disk).bavail > 0)
  })

  it('can be started, and notifies again if an hour has passed', async () => {
    fill()
    await publishUntilFull(await house.client())
    await inbox.next(isAbout(/the disk is full/i))
    ahead += 2 * hour
    await house.restart()
    await publishUntilFull(await house.client())
    // The disk watch of a test sees room: a tick before the first failure resolves the alert, and a new one follows.
    await inbox.next(isAbout(/the disk is (still )?full/i))
    rmSync(filler)
    await inbox.next(isAbout(/the disk.* has room again/i))
  })
})
