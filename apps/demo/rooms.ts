/** A room of the demo, its sensor, and the mean and spread of its simulated temperature in °C. */
export interface Room {
  room: string
  id: string
  mean: number
  spread: number
}

export const rooms: readonly Room[] = [
  { room: 'living-room', id: 'pi-living-room', mean: 21.5, spread: 0.8 },
  { room: 'kitchen', id: 'pi-kitchen', mean: 22.4, spread: 0 },
  { room: 'bedroom', id: 'pi-bedroom', mean: 19, spread: 0.6 },
  { room: 'freezer', id: 'pi-freezer', mean: -18.5, spread: 0.9 },
  { room: '客廳', id: 'pi-ke-ting', mean: 24, spread: 0.8 },
]
