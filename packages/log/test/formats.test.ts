import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createLog, type Format, formatOf, lastingState } from '../index.ts'

const minute = 60_000
const hour = 60 * minute

function lines(format: Format, use: (log: ReturnType<typeof createLog>) => void, level: 'info' | 'debug' = 'info'): string[] {
  const found: string[] = []
  use(createLog('monitor', level, (line) => void found.push(line), format))
  return found
}

describe('The format of the log', () => {
  it('for journald begins with a priority and has no time', () => {
    const found = lines('journal', (log) => {
      log.error('the disk is full', { why: 'ENOSPC' })
      log.warn('b')
      log.info('c')
    })
    assert.deepEqual(found, ['<3>monitor: the disk is full why=ENOSPC\n', '<4>monitor: b\n', '<6>monitor: c\n'])
  })

  it('as JSON is one object a line, whatever a field contains', () => {
    const cruel = 'a\nb\u202e\u001b[31m{"level":"error"}'
    const [line = ''] = lines('json', (log) => log.info('hello', { room: cruel, count: 3, ok: true, level: 'mine', why: new Error('no') }))
    assert.doesNotMatch(line.trimEnd(), /[\p{Cc}\p{Cf}]/u)
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>
    assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/)
    assert.deepEqual(rest, { level: 'info', name: 'monitor', msg: 'hello', room: cruel, count: 3, ok: true, level_: 'mine', why: 'no' })
  })

  it('shows the stack of an error at the level debug alone', () => {
    const use = (log: ReturnType<typeof createLog>) => log.error('failed', { error: new Error('no') })
    assert.match(lines('json', use, 'debug')[0] ?? '', /"stack":"Error: no.*formats\.test/)
    assert.doesNotMatch(lines('json', use)[0] ?? '', /stack/)
  })

  it('is for journald if standard error leads there, else text, unless the setting says otherwise', () => {
    const stderr = () => '8:1234'
    assert.equal(formatOf('auto', { JOURNAL_STREAM: '8:1234' }, stderr), 'journal')
    assert.equal(formatOf('auto', { JOURNAL_STREAM: '8:99' }, stderr), 'text')
    assert.equal(formatOf('auto', {}, stderr), 'text')
    assert.equal(formatOf('json', { JOURNAL_STREAM: '8:1234' }, stderr), 'json')
  })
})

describe('A state that lasts', () => {
  it('is logged at once, after 10 min, after 1 h and then daily, and its end with the duration', () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 30) })
    try {
      const found: string[] = []
      const state = lastingState(
        createLog('store', 'info', (line) => void found.push(line)),
        'error',
      )
      const at: number[] = []
      state.begin('the disk is full', { why: 'ENOSPC' })
      const start = Date.now()
      for (let passed = 0; passed < 50 * hour; passed += minute) {
        const before = found.length
        state.begin('the disk is full', { why: 'ENOSPC' })
        mock.timers.tick(minute)
        if (found.length > before) at.push(Math.round((Date.now() - start) / minute))
      }
      assert.deepEqual(at, [10, 60, 24 * 60, 48 * 60])
      assert.match(found[1] ?? '', /still: the disk is full why=ENOSPC since=2026-11-30T00:00:00.000Z times=11/)
      state.end('the disk can be written again', { waited: 594 })
      state.end('the disk can be written again')
      assert.match(found.at(-1) ?? '', /INFO .*written again waited=594 after="2 d"/)
      assert.equal(found.length, 6)
    } finally {
      mock.timers.reset()
    }
  })
})
