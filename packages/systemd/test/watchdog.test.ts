import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'

const file = join(import.meta.dirname, '..', 'watchdog.ts')

async function run(program: string) {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { startWatchdog } from ${JSON.stringify(file)}\n${program}`,
  ])
  const [errors, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { errors, code, signal }
}

describe('The watchdog thread', () => {
  it('kills a program whose event loop is blocked, and says why', async () => {
    const { errors, signal } = await run('startWatchdog(2000); setTimeout(() => { for (;;); }, 100)')
    assert.equal(signal, 'SIGKILL')
    assert.match(errors, /ERROR watchdog: THE PROGRAM HANGS for 2 s/)
  })

  it('lets a program run that answers, and ends with it', async () => {
    assert.deepEqual(await run('startWatchdog(2000); setTimeout(() => {}, 4000)'), { errors: '', code: 0, signal: null })
  })
})
