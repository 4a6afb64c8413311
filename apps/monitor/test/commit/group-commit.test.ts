import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { groupCommit } from '../../commit/group-commit.ts'

class Full extends Error {}

/** Commits are lists of what they kept; time goes only where it is told to. */
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

describe('What is to be kept', () => {
  it('is committed at once after a pause, and with what came in the same moment', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.add('a', false, false)
    commit.add('b', false, false)
    pass(1)
    assert.deepEqual(commits, [['a', 'b']])
  })

  it('waits for others where something was committed just before, but not where it is urgent', (t) => {
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

  it('is tried again each second while the disk is full, in its order, and told once', (t) => {
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

describe('What is in memory already and changes nothing', () => {
  it('is written with the next commit, which need not keep it once more', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.remember('calm')
    pass(5000)
    assert.deepEqual(commits, [])
    commit.add('a', false, false)
    pass(1)
    assert.deepEqual(commits, [['a']])
    pass(60_000)
    assert.equal(commits.length, 1)
  })

  it('is written after half a minute where nothing else comes', (t) => {
    const { commit, commits, pass } = begin(t)
    commit.remember('calm')
    pass(29_999)
    assert.deepEqual(commits, [])
    pass(1)
    assert.deepEqual(commits, [[]])
    pass(60_000)
    assert.equal(commits.length, 1)
  })

  it('is written when the monitor stops', (t) => {
    const { commit, commits } = begin(t)
    commit.remember('calm')
    commit.close()
    assert.deepEqual(commits, [[]])
  })

  it('is kept again, before what came after it, where a commit fails: memory has gone back then', (t) => {
    const { commit, commits, fill, pass } = begin(t)
    commit.remember('calm')
    fill(true)
    commit.add('a', false, false)
    pass(1)
    assert.equal(commit.waiting, 2)
    fill(false)
    pass(1000)
    assert.deepEqual(commits, [['calm', 'a']])
  })
})
