import type { TestContext } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { connect } from '../connect.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import type { Link, LinkOptions, LinkState, Packet } from '../link.ts'
import { Moments } from './moments.ts'

/** Times short enough for tests. */
export const quick: Limits = { ...defaultLimits, firstWait: 20, longestWait: 200, goodbye: 400 }

/** The link under test, and all that it has told. */
export interface Subject {
  readonly link: Link
  readonly states: readonly LinkState[]
  readonly received: readonly Packet[]
  readonly log: readonly string[]
  /** Resolves with `why` when the link is in this state, or at once. */
  reached(state: LinkState): Promise<string>
  until(holds: () => boolean): Promise<void>
}

/** Starts a link that ends with the test. */
export function start(t: TestContext, port: number, options: Partial<LinkOptions> = {}, limits: Partial<Limits> = {}): Subject {
  const moments = new Moments()
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
        const kept = options.onMessage?.(packet)
        moments.happened()
        return kept
      },
      onState(state, why) {
        states.push(state)
        options.onState?.(state, why)
        moments.happened()
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
      await moments.until(() => link.state === state)
      return link.why
    },
    until: (holds) => moments.until(holds),
  }
}
