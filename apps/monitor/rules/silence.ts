/** A period in which alerts of a room (null: any) or a rule (null: any) send no notifications. Times in ms. */
export interface Silence {
  id: number
  room: string | null
  rule: string | null
  from: number
  until: number
  comment: string
}

/** True if the silence covers this alert. */
export function silences({ room, rule }: Silence, alert: { room: string | null; rule: string }): boolean {
  return (room === null || room === alert.room) && (rule === null || rule === alert.rule)
}
