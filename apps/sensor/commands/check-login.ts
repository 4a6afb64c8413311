import { error, type Finding, ok, wordsOf as sharedWordsOf, skipped } from '@hearthwatch/doctor'
import { silent } from '@hearthwatch/log'
import { connect, type Link, linkSettings, Refused } from '@hearthwatch/mqtt'
import { topics } from '@hearthwatch/protocol'
import { second } from '@hearthwatch/protocol/durations'
import type { SensorConfig } from '../config.ts'
import type { Words } from './words.ts'

/** ms that the broker may take to accept the login, and to deliver a message */
const timeout = 10 * second
const deliveryTimeout = 2 * second

/**
 * Logs in as the sensor, which must not run, and publishes `offline` on its status topic. That is true and changes nothing. The delivery
 * proves the right to publish in the room, because a broker acknowledges a message that it refuses.
 */
export async function checkLogin(config: SensorConfig, words: Words): Promise<Finding[]> {
  const { STATUS_TOPIC: topic, MQTT_USERNAME, MQTT_CLIENT_ID, UI_LANGUAGE: language } = config
  const user = MQTT_USERNAME ?? MQTT_CLIENT_ID
  const received: { text: string; retain: boolean }[] = []
  let onReceived = () => {}
  let link: Link | undefined
  const why = await new Promise<string>((resolve) => {
    setTimeout(() => resolve(link?.reason[language] ?? ''), timeout).unref()
    link = connect({
      url: config.MQTT_URL,
      clientId: MQTT_CLIENT_ID,
      username: MQTT_USERNAME,
      password: config.MQTT_PASSWORD,
      ...config.tls,
      ...linkSettings(config),
      clean: true,
      log: silent,
      onConnect: (opened) => opened.subscribe({ [topic]: 1 }),
      onMessage({ payload, retain }) {
        received.push({ text: payload.toString(), retain })
        onReceived()
        return undefined
      },
      onState: (state) => resolve(state === 'connected' ? '' : (link?.reason[language] ?? '')),
    })
  })
  try {
    if (link?.state !== 'connected')
      return [error('login', words.login.bad(user), why, words.login.do), skipped('topics', sharedWordsOf(language).unreachable, '')]
    const login = ok('login', words.login.good(user))
    // The broker answers the subscription before this, and then sends the retained status.
    await waitUntil(
      () => received.length > 0,
      second,
      (wake) => (onReceived = wake),
    )
    if (received.some(({ text }) => text === 'online'))
      return [login, skipped('topics', words.topics.online, words.topics.onlineWhy(topic), words.topics.onlineDo)]
    const broken = await link.publish(topic, 'offline', topics.status).then(
      () => null,
      (failure: Error) => failure,
    )
    const { good, bad, badWhy, do: remedy } = words.topics
    const denied = () => error('topics', bad(topic), badWhy, remedy(config.SENSOR_ID, config.ROOM))
    // In MQTT 5 the broker may tell.
    if (broken instanceof Refused) return [login, denied()]
    if (broken !== null) return [login, skipped('topics', words.topics.broken, broken.message)]
    const isDelivered = await waitUntil(
      () => received.some(({ retain }) => !retain),
      deliveryTimeout,
      (wake) => (onReceived = wake),
    )
    return [login, isDelivered ? ok('topics', good(topic)) : denied()]
  } finally {
    await link?.close()
  }
}

/** @param listen sets the function to call when the condition may have become true */
async function waitUntil(condition: () => boolean, ms: number, listen: (wake: () => void) => void): Promise<boolean> {
  if (condition()) return true
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    listen(() => {
      if (!condition()) return
      clearTimeout(timer)
      resolve(true)
    })
  })
}
