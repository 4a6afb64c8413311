import type { Log } from '@hearthwatch/log'
import type { Link, Packet, Will } from '@hearthwatch/mqtt'
import { type Info, PayloadError, readStatus, type Status, topicOf, topics } from '@hearthwatch/protocol'

/** ms between two answers to somebody who says that we are offline: two stubborn programs shall not fill the network. */
const answerEvery = 1000

/** That the sensor is there, what it is, and that it goes: birth, will and status. */
export interface Presence {
  readonly will: Will
  /** On each connection: who has subscribed to `info` knows what is online before it hears that it is. */
  announce(link: Link): Promise<void>
  /** Corrects whoever says `offline` of us while we are here, such as the will of an earlier connection that comes late. */
  hear(packet: Packet, link: Link): void
  /** The info has changed. Where there is no connection, the next one announces it. */
  inform(link: Link): Promise<void>
  /** Says `offline`, so that nobody takes a stop for a breakdown. */
  leave(link: Link): Promise<void>
}

/** @param info what the sensor is now */
export function createPresence(id: string, statusTopic: string, info: () => Info, log: Log): Presence {
  let present = false
  let left = false
  let resting: NodeJS.Timeout | undefined
  let contradicted = false

  const say = (link: Link, status: Status) => link.publish(statusTopic, status, topics.status)
  const inform = (link: Link) => link.publish(topicOf('info', { id }), JSON.stringify(info()), topics.info)

  function answer(link: Link) {
    contradicted = resting !== undefined
    if (contradicted || !present) return
    log.debug('somebody says that we are offline: we are not')
    say(link, 'online').catch((error) => log.debug('the connection was lost', { error }))
    resting = setTimeout(() => {
      resting = undefined
      if (contradicted) answer(link)
    }, answerEvery)
  }

  return {
    will: { topic: statusTopic, payload: 'offline', qos: topics.status.qos, retain: topics.status.retain },
    async announce(link) {
      present = false
      await link.subscribe({ [statusTopic]: 1 })
      await inform(link)
      if (left) return
      // From here on: what contradicts this may come before the broker's acknowledgement of it.
      present = true
      await say(link, 'online')
    },
    hear(packet, link) {
      // What the broker had kept from before was corrected by the announcement.
      if (packet.topic !== statusTopic || packet.retain) return
      try {
        if (readStatus(packet.payload) === 'offline') answer(link)
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
      }
    },
    inform,
    async leave(link) {
      const said = present
      left = true
      present = false
      clearTimeout(resting)
      if (said) await say(link, 'offline')
    },
  }
}
