import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { versions } from '../../../store/file/schema.ts'
import { openStore } from '../../../store/store.ts'

describe('A database of a version without rules', () => {
  it('keeps its open alerts with their notification state after the upgrade', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'house.db')
    const db = new Database(file)
    for (const version of versions.slice(0, 3)) db.exec(version)
    db.pragma('user_version = 3')
    db.exec(`
      INSERT INTO alert (rule, subject, room, quantity, state, severity, value, bound, started, fired) VALUES
        ('too-hot', 'kitchen/temperature/', 'kitchen', 'temperature', 'firing', 'critical', 31, 30, 1, 1),
        ('offline', 'pi-1', 'kitchen', NULL, 'pending', 'warning', NULL, NULL, 5, NULL),
        ('message', 'hall', 'hall', NULL, 'firing', 'warning', NULL, NULL, 7, 7);
      INSERT INTO judged VALUES ('kitchen/temperature/', 100)`)
    db.close()
    const store = openStore(file)
    t.after(() => store.close())
    const open = (rule: string, subject: string) => {
      const { condition, state, told, tellings, channels } = store.alerts.open(rule, subject) ?? {}
      return { condition, state, told, tellings, channels }
    }
    assert.deepEqual(
      [open('too-hot', 'kitchen/temperature/'), open('offline', 'pi-1'), open('message', 'hall')],
      [
        { condition: 'above', state: 'firing', told: 1, tellings: 1, channels: [] },
        { condition: 'offline', state: 'pending', told: null, tellings: 0, channels: [] },
        { condition: 'message', state: 'firing', told: 7, tellings: 1, channels: [] },
      ],
    )
    assert.equal(store.seriesStates.upTo('kitchen/temperature/'), 100)
  })
})

describe('A database with rooms in two spellings of Unicode', () => {
  it('has one spelling after the upgrade; where both had readings, the second stays in a room of its own', (t) => {
    const [composed, decomposed] = ['K\u00fcche', 'Ku\u0308che']
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'house.db')
    const db = new Database(file)
    for (const version of versions.slice(0, 10)) db.exec(version)
    db.pragma('user_version = 10')
    const series = db.prepare('INSERT INTO series (room, quantity, device) VALUES (?, ?, NULL)')
    series.run(composed, 'temperature')
    series.run(decomposed, 'temperature')
    series.run(decomposed, 'humidity')
    for (const id of [1, 2, 3]) db.prepare('INSERT INTO reading (series, time, value) VALUES (?, 1, ?)').run(id, id)
    const alert = db.prepare(
      "INSERT INTO alert (rule, subject, room, quantity, state, severity, started, fired) VALUES (?, ?, ?, ?, 'firing', 'critical', 1, 1)",
    )
    for (const room of [composed, decomposed]) alert.run('too-hot', `${room}/temperature/`, room, 'temperature')
    alert.run('damp', `${decomposed}/humidity/`, decomposed, 'humidity')
    db.prepare("INSERT INTO device (key, room, status) VALUES (?, ?, 'online')").run(`/${decomposed}`, decomposed)
    db.close()
    const store = openStore(file)
    t.after(() => store.close())
    assert.deepEqual(
      store.readings.names().map(({ room, quantity }) => [room, quantity]),
      [
        [composed, 'humidity'],
        [composed, 'temperature'],
        [`${composed} (2)`, 'temperature'],
      ],
    )
    assert.deepEqual([...store.alerts.allOpen()].map(({ subject }) => subject).sort(), [
      `${composed}/humidity/`,
      `${composed}/temperature/`,
    ])
    assert.equal(store.devices.get(`/${composed}`)?.room, composed)
  })
})
