import type { Problem } from '@hearthwatch/api/devices'
import { topicOf } from '@hearthwatch/protocol'
import type { Asides } from '../store/aside.ts'
import type { Device } from '../store/devices.ts'
import { batchTimeout } from './batch-timeout.ts'
import type { LiveCheck } from './live-check.ts'
import type { Presence } from './presence.ts'

export interface ProblemOptions {
  presence: Pick<Presence, 'refusalsOf'>
  asides: Pick<Asides, 'of'>
  liveCheck: Pick<LiveCheck, 'differs' | 'isUnheard'>
  /** How often a connection of this login was ended by another one lately, and their addresses; null: not often, or not known. */
  takeoversOf(id: string): { count: number; addresses: readonly string[] } | null
  now(): number
}

type Found = Omit<Problem, 'message'>

/** The problems of a device that a person should decide about. */
export function problemsOf(device: Device, { presence, asides, liveCheck, takeoversOf, now }: ProblemOptions): Problem[] {
  if (device.id === null) return []
  const refused = presence.refusalsOf(device).map((refusal) => ({ ...refusal, count: null }))
  const found: Found[] = [
    ...refused,
    ...asideOf(device, asides),
    ...differing(device, liveCheck, now()),
    ...unheard(device, liveCheck, now()),
    ...takenOver(device, takeoversOf),
  ]
  return found.map((one) => ({ ...one, message: messageOf(one, device) }))
}

function asideOf({ key }: Device, asides: Pick<Asides, 'of'>): Found[] {
  const counts = new Map<string, number>()
  for (const { place, count } of asides.of(key)) counts.set(place, (counts.get(place) ?? 0) + count)
  return [...counts].map(([place, count]) => {
    const [room = '', quantity = ''] = place.split('/')
    return { problem: 'rows-aside', topic: topicOf('reading', { room, quantity }), room, device: null, count }
  })
}

function differing({ info, claims }: Device, liveCheck: Pick<LiveCheck, 'differs'>, at: number): Found[] {
  const patience = batchTimeout(info)
  return Object.keys(claims).flatMap((topic) =>
    liveCheck.differs(topic, at, patience) ? [{ problem: 'live-differs', topic, room: null, device: null, count: null } as const] : [],
  )
}

function unheard({ info, claims, status }: Device, liveCheck: Pick<LiveCheck, 'isUnheard'>, at: number): Found[] {
  if (status !== 'online' || info?.epoch === undefined) return []
  return Object.keys(claims).flatMap((topic) =>
    liveCheck.isUnheard(topic, at) ? [{ problem: 'live-refused', topic, room: null, device: null, count: null } as const] : [],
  )
}

function takenOver({ id }: Device, takeoversOf: ProblemOptions['takeoversOf']): Found[] {
  const takeovers = id === null ? null : takeoversOf(id)
  if (takeovers === null) return []
  return [{ problem: 'taken-over', topic: null, room: null, device: null, count: takeovers.count, addresses: [...takeovers.addresses] }]
}

function messageOf({ problem, topic, room, device, count, addresses = [] }: Found, { room: own }: Device): string {
  switch (problem) {
    case 'topic-of-another':
      return `It claims ${topic}, which ${device === null ? 'another sensor' : device} has.`
    case 'not-its-room':
      return `It claims ${topic}, but it may not write ${room === null ? 'that topic' : `into the room ${room}`}.`
    case 'states-other-room':
      return `It states that its room is ${room}, not ${own}.`
    case 'login-removed':
      return 'Its login was removed, so it claims nothing.'
    case 'rows-aside':
      return `${count} values for ${topic} are not stored. If its room is confirmed, it sends them again.`
    case 'live-refused':
      return `Its live readings on ${topic} do not arrive, only its record: the access list of the broker does not let it publish there.`
    case 'taken-over':
      return `Its login was taken over ${count} times within 10 minutes, from ${addresses.join(' and ')}: two machines use it.`
    case 'live-differs':
      return `Others publish on ${topic}: the record of the device does not have these readings.`
  }
}
