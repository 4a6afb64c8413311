import { connect } from 'node:net'
import { second } from '@hearthwatch/protocol/durations'

/** True if something accepts connections at the host and port of this URL. */
export function answers(broker: string): Promise<boolean> {
  const { hostname, port } = new URL(broker)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: 3 * second })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
