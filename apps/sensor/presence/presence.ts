import type { Log } from '@hearthwatch/log'
import { type Link, type Packet, Refused, type Will } from '@hearthwatch/mqtt'
import { PayloadError, readStatus, type Status, topicOf, topics } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import { type Changeable, infoOf } from './info.ts'

/** ms between two corrections of a wrong `offline`, so that two programs that disagree do not flood the network */
const correctEvery = 1000

/** ms for the broker to deliver our own status. In MQTT 3.1.1 it acknowledges also what its access list refuses; in MQTT 5 it may tell. */
const echoTimeout = 10_000

/** Publishes the sensor's info and status. No other message leaves before `online` or after `offline`. */
export type Presence = ReturnType<typeof createPresence>

/**
 * @param current returns the changeable parts of the info
 * @param timeout ms for our own status to come back
 */
export function createPresence(config: SensorConfig, current: () => Changeable, log: Log, timeout = echoTimeout) {
  const { SENSOR_ID, STATUS_TOPIC: statusTopic } = config
  const infoTopic = topicOf('info', { id: SENSOR_ID })
  let link: Link | undefined
  let published: Changeable | undefined
  let announced = false
  let left = false
  let pause: NodeJS.Timeout | undefined
  let contradicted = false
  let echo: NodeJS.Timeout | undefined
  let isDenied = false

  const isOnline = () => link?.state === 'connected' && !left
  const publishStatus = (to: Link, status: Status) => to.publish(statusTopic, status, topics.status)

  async function publishInfo(to: Link): Promise<void> {
    published = current()
    await to.publish(infoTopic, JSON.stringify(infoOf(config, published)), topics.info)
  }

  function correct(): void {
    contradicted = pause !== undefined
    if (contradicted || !announced || link === undefined) return
    log.debug('another client published offline for us; publishing online')
    publishStatus(link, 'online').catch((error) => log.debug('connection lost', { error }))
    pause = setTimeout(() => {
      pause = undefined
      if (contradicted) correct()
    }, correctEvery)
  }

  function expectEcho(to: Link): void {
    clearTimeout(echo)
    echo = setTimeout(() => {
      if (to === link && isOnline()) denied('our own status does not come back')
    }, timeout)
    echo.unref()
  }

  function denied(sign: string): void {
    clearTimeout(echo)
    if (isDenied) return
    isDenied = true
    log.error(`THE BROKER REFUSES THIS ROOM: ${sign}, so its access list has another room for our login`, {
      topic: statusTopic,
      room: config.ROOM,
      effect: 'live readings and alerts are lost; the stored readings still arrive',
      remedy: `npm run setup -- sensor move ${SENSOR_ID} ${config.ROOM}`,
    })
  }

  function heardEcho(): void {
    clearTimeout(echo)
    if (isDenied) log.info('the broker accepts this room again', { topic: statusTopic })
    isDenied = false
  }

  return {
    will: { topic: statusTopic, payload: 'offline', qos: topics.status.qos, retain: topics.status.retain } satisfies Will,
    /** True while messages may be published. */
    get isOnline() {
      return isOnline()
    },
    /** Publishes the info, then `online`, on each connection: a subscriber knows the device before its status. */
    async announce(to: Link): Promise<void> {
      link = to
      announced = false
      await link.subscribe({ [statusTopic]: 1 })
      await publishInfo(link).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
        log.error('the broker refuses our info: the monitor cannot know this sensor', { topic: infoTopic, why: error.message })
      })
      if (left) return
      // Set first: a contradicting message may arrive before the acknowledgement of `online`.
      announced = true
      expectEcho(to)
      try {
        await publishStatus(link, 'online')
      } catch (error) {
        // The record has topics of its own, and goes on.
        if (!(error instanceof Refused)) throw error
        denied(error.message)
      }
    },
    /** Publishes a message of another part of the sensor. @throws Error unless online; otherwise as `Link` does */
    async publish(...message: Parameters<Link['publish']>): Promise<void> {
      if (link === undefined || !isOnline()) throw new Error(left ? 'closing' : (link?.why ?? 'not connected'))
      await link.publish(...message)
    },
    /** Publishes the info again, for a monitor that may not know us. Resolves when the broker has it. @throws Error as `publish` does */
    async introduce(): Promise<void> {
      if (link === undefined || !isOnline()) throw new Error(left ? 'closing' : (link?.why ?? 'not connected'))
      await publishInfo(link)
    },
    /** Publishes the info again if it has changed. Without a connection, the next `announce` does. */
    update(): void {
      if (link === undefined || !isOnline()) return
      const { epoch, channels, inForce, trust } = current()
      const isSame = epoch === published?.epoch && channels === published.channels && inForce === published.inForce
      if (isSame && trust === published?.trust) return
      publishInfo(link).catch((error) => log.debug('info not sent', { error }))
    },
    /** Corrects an `offline` published by others, such as the late will of an earlier connection. */
    onMessage({ topic, payload, retain }: Packet): void {
      // The announcement has already replaced the retained status.
      if (topic !== statusTopic || retain) return
      heardEcho()
      try {
        if (readStatus(payload) === 'offline') correct()
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
      }
    },
    /** Publishes `offline`: the last message. */
    async leave(): Promise<void> {
      const wasAnnounced = announced
      left = true
      announced = false
      clearTimeout(pause)
      clearTimeout(echo)
      if (wasAnnounced && link !== undefined) await publishStatus(link, 'offline')
    },
  }
}
