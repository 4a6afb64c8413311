import type { TestContext } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { connect } from '../connect.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import type { Link, LinkOptions, LinkState, Packet } from '../link.ts'
import { Changes } from './changes.ts'

/** Limits with waits short enough for tests. */
export const quick: Limits = { ...defaultLimits, firstWait: 20, longestWait: 200, closeTimeout: 400 }

/** The link under test, with its states, messages and log lines. */
export interface Subject {
  readonly link: Link
  readonly states: readonly LinkState[]
  readonly received: readonly Packet[]
  readonly log: readonly string[]
  /** Resolves with `why` once the link is in this state. */
  reached(state: LinkState): Promise<string>
  until(condition: () => boolean): Promise<void>
}

/** Starts a link that ends with the test. */
export function start(t: TestContext, port: number, options: Partial<LinkOptions> = {}, limits: Partial<Limits> = {}): Subject {
  const changes = new Changes()
  const states: LinkState[] = []
  const received: Packet[] = []
  const log: string[] = []
  const link = connect(
    {
      url: `mqtt://127.0.0.1:${port}`,
      clientId: 'subject',
      clean: true,
      log: createLog('mqtt', 'debug', (line) => log.push(line)),
      onConnect: async () => {},
      ...options,
      onMessage(packet) {
        received.push(packet)
        const result = options.onMessage?.(packet)
        changes.signal()
        return result
      },
      onState(state, why) {
        states.push(state)
        options.onState?.(state, why)
        changes.signal()
      },
    },
    { ...quick, ...limits },
  )
  t.after(() => link.close())
  return {
    link,
    states,
    received,
    log,
    async reached(state) {
      await changes.until(() => link.state === state)
      return link.why
    },
    until: (condition) => changes.until(condition),
  }
}
