import type { Status } from './fields.ts'
import { type Severity, severities } from './severity.ts'

/** The orders in which rooms are listed: their own one, that of home with its groups, and the worst first. */
export const roomOrders = ['own', 'home', 'trouble'] as const
export type RoomOrder = (typeof roomOrders)[number]

/** Higher is worse: alerts by their severity, then sensors that are offline, then values that are out of date. 0: all is well. */
export function troubleOf({ alerts, status, isStale }: TroubleSigns): number {
  const worst = alerts.reduce((most, { severity }) => Math.max(most, severities.indexOf(severity)), -1)
  if (worst >= 0) return 3 + worst
  if (status === 'offline') return 2
  return isStale ? 1 : 0
}

interface TroubleSigns {
  alerts: readonly { severity: Severity }[]
  status: Status
  /** True if any value is out of date. */
  isStale: boolean
}

/** A name as it is searched for: without accents and capitals. */
export const searchable = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

interface Groups<R> {
  /** null: rooms without a group, which come last */
  name: string | null
  rooms: R[]
}

/** The rooms by their group. A group stands at the place of its first room. */
export function grouped<R>(rooms: readonly R[], groupOf: (room: R) => string | null): Groups<R>[] {
  const groups = new Map<string | null, R[]>()
  for (const room of rooms) {
    const members = groups.get(groupOf(room))
    if (members === undefined) groups.set(groupOf(room), [room])
    else members.push(room)
  }
  const others = groups.get(null)
  groups.delete(null)
  if (others !== undefined) groups.set(null, others)
  return [...groups].map(([name, members]) => ({ name, rooms: members }))
}
