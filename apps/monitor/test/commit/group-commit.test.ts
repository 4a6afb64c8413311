import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { groupCommit } from '../../commit/group-commit.ts'

class Full extends Error {}

/** Each commit is the list of its items. Time passes only by `pass`. */
function begin(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'Date'] })
  const commits: string[][] = []
  const troubles: string[] = []
  let isFull = false
  const commit = groupCommit<string>(
    (items) => {
      if (isFull) throw new Full('disk full')
      commits.push([...items])
    },
    { interval: 250, now: Date.now, isOutsideTrouble: (error) => error instanceof Full, onTrouble: (why) => troubles.push(why) },
  )
  return {
    commit,
    commits,
    troubles,
    fill(full: boolean) {
      isFull = full
    },
    pass: (ms: number) => t.mock.timers.tick(ms),
  }
}

describe('An item to commit', () => {
  it('is committed at once after a pause, together with the other items of that moment', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.add('a', false, false)
    commit.add('b', false, false)
    pass(1)
    assert.deepEqual(commits, [['a', 'b']])
  })

  it('is committed as soon as eight senders wait: a broker with a window of ten sends no more without an acknowledgement', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.add('a', false, true)
    pass(1)
    for (let i = 0; i < 7; i += 1) commit.add('b', false, true)
    pass(1)
    assert.equal(commits.length, 1)
    commit.add('b', false, true)
    pass(1)
    assert.equal(commits[1]?.length, 8)
  })

  it('is committed as soon as a hundred wait: a larger commit would hold up pages and packets', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.add('a', false, false)
    pass(1)
    for (let i = 0; i < 99; i += 1) commit.add('b', false, false)
    pass(1)
    assert.equal(commits.length, 1)
    commit.add('b', false, false)
    pass(1)
    assert.equal(commits[1]?.length, 100)
  })

  it('waits for others if a commit has just happened, unless it is urgent', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.add('a', false, false)
    pass(1)
    commit.add('b', false, false)
    pass(100)
    assert.equal(commits.length, 1)
    commit.add('c', true, false)
    pass(1)
    assert.deepEqual(commits[1], ['b', 'c'])
  })

  it('is retried each second in order while the disk is full, which is reported once', (t) => {
    const { commit, commits, troubles, fill, pass } = begin(t)
    fill(true)
    commit.add('a', false, false)
    pass(1)
    commit.add('b', true, true)
    pass(2500)
    assert.deepEqual([commits, troubles, commit.waiting], [[], ['disk full'], 2])
    fill(false)
    pass(1000)
    assert.deepEqual(commits, [['a', 'b']])
    assert.equal(commit.trouble, '')
  })
})

describe('An item that is already applied in memory', () => {
  it('is written with the next commit, and is not part of its items', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.remember('heartbeat')
    pass(5000)
    assert.deepEqual(commits, [])
    commit.add('a', false, false)
    pass(1)
    assert.deepEqual(commits, [['a']])
    pass(60_000)
    assert.equal(commits.length, 1)
  })

  it('is written after half a minute without another item', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.remember('heartbeat')
    pass(29_999)
    assert.deepEqual(commits, [])
    pass(1)
    assert.deepEqual(commits, [[]])
    pass(60_000)
    assert.equal(commits.length, 1)
  })

  it('is written when the monitor stops', (t) => {
    const { commit, commits } = begin(t)
    commit.remember('heartbeat')
    commit.close()
    assert.deepEqual(commits, [[]])
  })

  it('is applied again before later items if a commit fails, because memory was rolled back', (t) => {
    const { commit, commits, fill, pass } = begin(t)
    commit.remember('heartbeat')
    fill(true)
    commit.add('a', false, false)
    pass(1)
    assert.equal(commit.waiting, 2)
    fill(false)
    pass(1000)
    assert.deepEqual(commits, [['heartbeat', 'a']])
  })
})
