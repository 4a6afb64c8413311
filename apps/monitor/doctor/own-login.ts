import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { connect, type Link, linkSettings, type Packet } from '@hearthwatch/mqtt'
import { topicOf } from '@hearthwatch/protocol'
import { second } from '@hearthwatch/protocol/durations'
import type { Language } from '@hearthwatch/settings'
import type { Config } from '../config/config.ts'
import { byRoot, probeTopic } from '../intake/delivery-watch.ts'
import { subscriptions } from '../intake/subscriptions.ts'
import type { LiveHouse } from './check.ts'

/** ms that the broker may take to accept the login, and to deliver a message */
const loginTimeout = 10 * second
const deliveryTimeout = 2 * second
const figures = '$SYS/broker/'
/** A topic that no access list of ours grants. */
const foreignTopic = 'hearthwatch-doctor/probe'

/**
 * Logs in to the broker as the monitor, which does not run. A profile's policies admit only the client id of the monitor, and a
 * broker may replace ours by the user name. Then we have the session of the monitor: no queued message is acknowledged, so that the
 * broker delivers it to the monitor later. No filter is added there either. Any other session is deleted at the end. No retained
 * message is published.
 * @throws Error why the broker does not accept the login
 */
export async function openOwnLogin(config: Config, url: string, language: Language = 'en'): Promise<LiveHouse> {
  let isOfMonitor = config.MQTT_PROFILE !== 'none'
  const clientId = isOfMonitor ? config.clientId : `hearthwatch-doctor-${randomBytes(4).toString('hex')}`
  const token = `probe-${randomBytes(6).toString('hex')}`
  const filters = Object.keys(subscriptions)
  const ownStatus = topicOf('monitorStatus', {})
  const arrived = new Set<string>()
  const retained = new Set<string>()
  const read = new Map<string, string>()

  const onMessage = (packet: Packet): Promise<void> | undefined => {
    const text = packet.payload.toString()
    if (packet.topic.startsWith(figures)) read.set(packet.topic.slice(figures.length), text)
    else if (packet.retain) retained.add(packet.topic)
    else if (text === token || (packet.topic === ownStatus && text === 'offline')) arrived.add(packet.topic)
    return packet.qos === 0 ? undefined : new Promise(() => {})
  }
  const login = (clean: boolean) =>
    openLink(config, { url, clientId, clean, language, onMessage }, (session) => (isOfMonitor ||= session.present))
  const link = await login(false)
  try {
    // With the same QoS as the monitor's, so that its session stays as it is.
    await link.subscribe(subscriptions)
    if (!isOfMonitor) await link.subscribe({ [`${figures}#`]: 0, [foreignTopic]: 0 }).catch(() => {})
  } catch (error) {
    await link.close()
    throw error
  }

  const publish = (topic: string) => link.publish(topic, topic === ownStatus ? 'offline' : token, { qos: 0, retain: false })
  const wait = async (isThere: () => boolean) => {
    const end = performance.now() + deliveryTimeout
    while (!isThere() && performance.now() < end) await delay(20)
  }
  /** Retained messages follow the answer to the subscription. */
  const settled = delay(deliveryTimeout / 2)
  return {
    async undelivered() {
      const topics = new Map(filters.map((filter) => [filter, filter === ownStatus ? ownStatus : probeTopic(filter, clientId)]))
      await Promise.all([...topics.values()].map(publish))
      await wait(() => [...topics.values()].every((topic) => arrived.has(topic)))
      return byRoot(
        filters.filter((filter) => !arrived.has(topics.get(filter) ?? '')),
        filters,
      )
    },
    async mayDoAll() {
      if (isOfMonitor) return null
      await publish(foreignTopic)
      await wait(() => arrived.has(foreignTopic))
      return arrived.has(foreignTopic)
    },
    async retained() {
      await settled
      return [...retained]
    },
    async figures() {
      if (isOfMonitor) return null
      await wait(() => read.has('version'))
      return read
    },
    problems: () => [],
    async close() {
      await link.close()
      // A clean session with this id deletes the one that is left.
      if (!isOfMonitor) await (await login(true)).close()
    },
  }
}

interface Login {
  url: string
  clientId: string
  clean: boolean
  language: Language
  onMessage(packet: Packet): Promise<void> | undefined
}

/** @throws Error with the reason in plain words */
function openLink(
  config: Config,
  { url, clientId, clean, language, onMessage }: Login,
  onSession: (session: { present: boolean }) => void,
): Promise<Link> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      clearTimeout(timer)
      const why = link.reason[language]
      void link.close()
      reject(new Error(why))
    }
    const timer = setTimeout(fail, loginTimeout)
    const link = connect({
      url,
      clientId,
      username: config.MQTT_USERNAME,
      password: config.MQTT_PASSWORD,
      ...config.tls,
      ...linkSettings(config),
      clean,
      log: silent,
      onMessage,
      async onConnect(_, session) {
        onSession(session)
      },
      onState(state) {
        if (state === 'closed') return
        if (state !== 'connected') return fail()
        clearTimeout(timer)
        resolve(link)
      },
    })
  })
}
