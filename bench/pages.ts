/** Simulates open pages: each receives the event stream and discards it. Reports when all are connected, and the bytes on request. */
import { once } from 'node:events'
import { request } from 'node:http'

const [url = '', pages = '0'] = process.argv.slice(2)
let bytes = 0
let open = 0
await Promise.all(
  Array.from({ length: Number(pages) }, async () => {
    const asked = request(`${url}/api/events`, { agent: false }).end()
    const [response] = await once(asked, 'response')
    open += 1
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    response.on('error', () => {})
    response.on('close', () => {
      open -= 1
    })
  }),
)
process.on('message', () => process.send?.({ bytes, open }))
process.send?.('all connected')
