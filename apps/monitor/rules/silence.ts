/** Nobody is told of a room (null: any) or a rule (null: any) for a while; ends by itself. Times in ms. */
export interface Silence {
  id: number
  room: string | null
  rule: string | null
  from: number
  until: number
  comment: string
}

/** Whether it keeps this alert quiet. */
export function silences({ room, rule }: Silence, alert: { room: string | null; rule: string }): boolean {
  return (room === null || room === alert.room) && (rule === null || rule === alert.rule)
}
