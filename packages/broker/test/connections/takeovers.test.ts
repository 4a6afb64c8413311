import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startBroker } from '@hearthwatch/broker'
import { createLog, silent } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import { connectAsync } from 'mqtt'
import { watchTakeovers } from '../../connections/takeovers.ts'

describe('A login that two machines use', () => {
  it('is found after its third takeover, with both addresses, and logged once', () => {
    const lines: string[] = []
    let now = 0
    const takeovers = watchTakeovers(
      createLog('broker', 'warn', (line) => void lines.push(line)),
      () => now,
    )
    takeovers.add('pi-1', '192.168.1.5', '192.168.1.5')
    takeovers.add('pi-1', '192.168.1.5', '192.168.1.20')
    assert.equal(takeovers.of('pi-1'), null, 'a sensor that reconnects may do so twice')
    takeovers.add('pi-1', '192.168.1.20', '192.168.1.5')
    takeovers.add('pi-1', '192.168.1.5', '192.168.1.20')
    assert.deepEqual(takeovers.of('pi-1'), { count: 4, addresses: ['192.168.1.5', '192.168.1.20'] })
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /taken over.*user=pi-1 addresses="192.168.1.5 192.168.1.20"/)
    now = 10 * minute
    assert.equal(takeovers.of('pi-1'), null, 'ten minutes later it is over')
  })

  it('is found by the embedded broker', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'takeovers-'))
    const aclFile = join(folder, 'acl')
    writeFileSync(aclFile, 'user pi-1\ntopic readwrite #\n')
    const options = { host: '127.0.0.1', port: 0, passwordFile: join(folder, 'passwd'), aclFile, users: { 'pi-1': 'secret' }, log: silent }
    const broker = await startBroker(options)
    try {
      for (let i = 0; i < 4; i++) {
        const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { username: 'pi-1', password: 'secret', reconnectPeriod: 0 })
        client.on('error', () => {})
      }
      assert.deepEqual(broker.takeoversOf('pi-1'), { count: 3, addresses: ['127.0.0.1'] })
      assert.equal(broker.takeoversOf('pi-2'), null)
    } finally {
      await broker.close()
      rmSync(folder, { recursive: true })
    }
  })
})
