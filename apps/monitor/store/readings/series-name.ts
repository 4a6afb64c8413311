/** One quantity of one device in one room; `device` is null if unknown. */
export interface SeriesName {
  room: string
  quantity: string
  device: string | null
}
