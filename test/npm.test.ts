import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import manifest from '../package.json' with { type: 'json' }

describe('a command that npm runs', () => {
  it('stops in order when npm alone is told to stop, whatever the shell between them makes of it', async () => {
    const npm = spawn('npm', ['run', '-s', 'sensor'], {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, ROOM: 'kitchen', SENSOR_ID: 'kitchen', MQTT_URL: 'mqtt://127.0.0.1:1', PROBE: 'simulated' },
      // A group of its own, so that nothing of it outlives the test.
      detached: true,
    })
    try {
      let output = ''
      for (const stream of [npm.stdout, npm.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk
        })
      }
      while (!output.includes('sensor: started')) await once(npm.stderr, 'data')
      npm.kill('SIGTERM')
      // The sensor holds its end of these pipes for as long as it lives.
      await once(npm, 'close', { signal: AbortSignal.timeout(20_000) })
      assert.match(output, /sensor: stopped/)
    } finally {
      if (npm.pid !== undefined) {
        try {
          process.kill(-npm.pid, 'SIGKILL')
        } catch {}
      }
    }
  })

  it('hides no other before or after it, which ignore-scripts would leave out', () => {
    const names = Object.keys(manifest.scripts)
    assert.deepEqual(
      names.filter((name) => /^(pre|post)/.test(name)),
      [],
    )
  })

  it('builds the page first where it shows it', () => {
    for (const name of ['start', 'demo', 'test', 'screenshots'] as const)
      assert.match(manifest.scripts[name], /^node node24\.js apps\/dashboard\/build\.ts --if-needed && /)
  })
})
