/** One quantity of one device in one room; `device` is null if unknown. */
export interface SeriesName {
  room: string
  quantity: string
  device: string | null
}

/** The name of a series in tables of its state. */
export const subjectOf = ({ room, quantity, device }: SeriesName): string => `${room}/${quantity}/${device ?? ''}`
