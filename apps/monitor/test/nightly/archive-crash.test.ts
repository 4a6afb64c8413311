import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { day, minute } from '@hearthwatch/protocol/durations'
import { openStore } from '../../store/store.ts'

const now = Date.UTC(2026, 10, 23, 3, 30)
const begin = Date.UTC(2026, 9, 27)
const rooms = ['kitchen', 'bedroom', '客廳', 'cellar']

describe('A monitor killed while it archives', () => {
  it('has every reading once, in the table or in a block, and archives the rest the next night', { timeout: 240_000 }, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'archive-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'house.db')
    const names = rooms.map((room) => ({ room, quantity: 'temperature', device: 'pi-1' }))
    const expected = new Map<string, string>()
    const store = openStore(file)
    store.transaction(() => {
      for (const name of names) {
        const add = store.readings.series(name, false)
        const lines: string[] = []
        for (let time = begin; time < now; time += minute) {
          const value = Math.round(Math.sin(time / day) * 100) / 10
          add(value, time, false)
          lines.push(`${time} ${value}`)
        }
        expected.set(name.room, lines.join())
      }
    })
    const all = store.readings.count()
    store.close()

    let kills = 0
    for (let wait = 10; ; wait *= 2) {
      const child = fork(join(import.meta.dirname, 'archive-child.ts'), [file, String(now)])
      await once(child, 'message')
      const timer = setTimeout(() => child.kill('SIGKILL'), wait)
      const [code] = await once(child, 'exit')
      clearTimeout(timer)
      const after = openStore(file)
      for (const name of names) {
        const found = [...after.readings.each(name, 0, 2 * now)].map(({ time, value }) => `${time} ${value}`)
        assert.equal(found.join(), expected.get(name.room))
      }
      assert.equal(after.readings.count(), all)
      const left = after.readings.archiving.seriesBefore(Date.UTC(2026, 10, 16)).length
      after.close()
      if (code === 0) {
        assert.equal(left, 0)
        break
      }
      kills += 1
    }
    t.diagnostic(`${kills} kills`)
    assert.ok(kills >= 2, `only ${kills} kills`)
  })
})
