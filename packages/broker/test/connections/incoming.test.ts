import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import type { Client } from 'aedes'
import { checkIncoming } from '../../connections/incoming.ts'
import { defaultLimits } from '../../limits.ts'
import { connectPacket, pingreq } from '../packets.ts'

describe('the packets of one client', () => {
  it('packets are handled in order and 200 in a turn of the event loop, and no more bytes are read meanwhile', async () => {
    const handled: number[] = []
    const parser = Object.assign(new EventEmitter(), {
      _pos: 0,
      _parseString: () => null,
      parse: (bytes: Buffer) => parser.emit('packet', { cmd: bytes[0] === 0xc0 ? 'pingreq' : 'connack', length: 0, qos: 0 }),
    })
    parser.on('packet', ({ cmd }) => handled.push(cmd))
    const client = { _parser: parser, conn: {}, closed: false, version: 4, _parsingBatch: 0, _nextBatch: () => client._parsingBatch-- }
    const ignore = () => {}
    const release = checkIncoming(client as unknown as Client, {
      limits: defaultLimits,
      onConnect: ignore,
      onMqtt5: ignore,
      onUnsubscribe: ignore,
      onTooLarge: ignore,
      onTooManyFilters: ignore,
    })
    parser.parse(Buffer.concat([connectPacket('x', 'x'), ...Array(500).fill(pingreq)]))
    assert.equal(handled.length, 1)
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const counts: number[][] = []
    release()
    for (let i = 0; i < 4; i++) {
      counts.push([handled.length, client._parsingBatch])
      if (i === 0) parser.parse(Buffer.concat(Array(100).fill(pingreq)))
      await turn()
    }
    assert.deepEqual(counts, [
      [201, 1],
      [401, 1],
      [601, 1],
      [601, 0],
    ])
  })
})
