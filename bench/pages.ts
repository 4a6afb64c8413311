/** Pages that are open: each hears the stream of events and throws it away. Says when all of them hear, and how much on request. */
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
process.send?.('all hear')
