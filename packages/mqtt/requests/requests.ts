import type { MqttClient } from 'mqtt'
import type { BrokerLimits } from '../connection/broker-limits.ts'
import { wordsOf } from '../failures/reason-codes.ts'
import { codeOf } from '../failures/refusal.ts'
import type { Limits } from '../limits.ts'
import type { Link, LinkOptions } from '../link.ts'
import { withPrefix } from '../settings/prefix.ts'
import { checkMessage, refusedFilters } from './outgoing.ts'
import { OutgoingWindow } from './outgoing-window.ts'
import { PendingRequests, Refused } from './pending-requests.ts'

type Qos = 0 | 1 | 2

/** The messages and subscriptions that one connection sends, within the limits of the broker. */
export interface Requests extends Pick<Link, 'publish' | 'subscribe' | 'unsubscribe'> {
  /** Number of requests that the broker has not answered. */
  readonly count: number
  readonly isSubscribing: boolean
  /** True while a message of QoS 2 is not answered. */
  readonly isAtQos2: boolean
  /** The broker has accepted the connection. */
  accept(broker: BrokerLimits): void
  /** Rejects all requests, because the connection has ended. */
  end(why: string): void
}

/** @param onAnswer the broker has answered a request */
export function createRequests(
  client: MqttClient,
  { prefix = '', rate = Number.POSITIVE_INFINITY }: Pick<LinkOptions, 'prefix' | 'rate'>,
  initially: BrokerLimits,
  { outstanding }: Pick<Limits, 'outstanding'>,
  onAnswer: () => void,
): Requests {
  let broker = initially
  const pending = new PendingRequests(outstanding, onAnswer)
  const outgoing = new OutgoingWindow({ window: broker.window, rate })
  const unanswered = { subscriptions: 0, qos2: 0 }

  /** @param refused gets the filter if the broker refuses it */
  async function subscribe(filter: string, wanted: Qos, refused: string[]): Promise<void> {
    if (!broker.hasWildcards && /[+#]/.test(filter)) return void refused.push(`${filter} (${wordsOf(0xa2).en})`)
    const qos = Math.min(wanted, broker.maxQos) as Qos
    await pending.send((answered) => {
      unanswered.subscriptions += 1
      client.subscribe(withPrefix(prefix, filter), { qos }, (error, _, suback) => {
        unanswered.subscriptions -= 1
        refused.push(...refusedFilters([filter], suback?.granted ?? []))
        answered(error)
      })
    })
  }

  return {
    get count() {
      return pending.count
    },
    get isSubscribing() {
      return unanswered.subscriptions > 0
    },
    get isAtQos2() {
      return unanswered.qos2 > 0
    },
    accept(limits) {
      broker = limits
      outgoing.limits = { window: limits.window, rate }
    },
    end(why) {
      outgoing.stop()
      pending.fail(why)
    },
    async publish(topic, payload, { qos: wanted, retain: isRetained }) {
      const qos = Math.min(wanted, broker.maxQos) as Qos
      const retain = isRetained && broker.hasRetain
      const full = withPrefix(prefix, topic)
      checkMessage(full, payload, broker.packetSize)
      await pending.send((answered) =>
        outgoing.add(qos > 0, () => {
          if (qos === 2) unanswered.qos2 += 1
          client.publish(full, payload, { qos, retain }, (error) => {
            if (qos === 2) unanswered.qos2 -= 1
            if (qos > 0) outgoing.acknowledged()
            const code = codeOf(error)
            // A number is the reason code of a PUBACK or PUBREC.
            answered(typeof code === 'number' ? new Refused(`the broker refuses ${topic}: ${wordsOf(code).en}`) : error)
          })
        }),
      )
    },
    async subscribe(filters) {
      const refused: string[] = []
      const all = await Promise.allSettled(Object.entries(filters).map(([filter, wanted]) => subscribe(filter, wanted, refused)))
      if (refused.length > 0) throw new Refused(`the broker refuses the subscription to ${refused.join(', ')}`)
      const failed = all.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    },
    unsubscribe: (filters) =>
      pending.send((answered) =>
        client.unsubscribe(
          filters.map((filter) => withPrefix(prefix, filter)),
          answered,
        ),
      ),
  }
}
