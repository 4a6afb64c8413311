import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import manifest from '../package.json' with { type: 'json' }

describe('An npm script', () => {
  it('stops its program cleanly when only npm receives SIGTERM', async () => {
    const npm = spawn('npm', ['run', '-s', 'sensor'], {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, ROOM: 'kitchen', SENSOR_ID: 'kitchen', MQTT_URL: 'mqtt://127.0.0.1:1', PROBE: 'simulated' },
      // In its own process group, which is killed after the test.
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
      // These pipes stay open until the sensor exits.
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

  it('has no pre or post script, which ignore-scripts would skip', () => {
    const names = Object.keys(manifest.scripts)
    assert.deepEqual(
      names.filter((name) => /^(pre|post)/.test(name)),
      [],
    )
  })

  it('builds the page first if it serves the page', () => {
    for (const name of ['start', 'demo', 'test', 'screenshots'] as const)
      assert.match(manifest.scripts[name], /^node node24\.js apps\/dashboard\/build\.ts --if-needed && /)
  })
})
