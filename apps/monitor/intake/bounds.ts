import type { Fault } from '@hearthwatch/protocol'
import type { Devices } from '../store/devices.ts'
import type { Readings, SeriesName } from '../store/readings/readings.ts'
import { limitBatchRate } from './batch-rate.ts'
import type { Message, Reading } from './message.ts'

/** Why a message is refused, and its device; null: a plain topic, whose sender is unknown. */
export interface Refusal {
  fault: Fault
  device: string | null
}

/** Devices with an `info` of their own, and names that only a status or a heartbeat mentions. A large home stays far below. */
const mostDevices = { introduced: 50_000, mentioned: 1000 }

export interface BoundsOptions {
  readings: Pick<Readings, 'admission'>
  devices: Pick<Devices, 'get' | 'count'>
  seriesName(reading: Reading): SeriesName
}

/** Bounds the rooms, series and devices that messages may begin, of which known ones always pass, and the batches of a device. */
export function createBounds({ readings: { admission }, devices, seriesName }: BoundsOptions): (message: Message) => Refusal | null {
  const mayTake = limitBatchRate()

  function ofDevice(id: string, isIntroduced: boolean): Refusal | null {
    if (devices.get(id)) return null
    const { introduced, mentioned } = devices.count()
    const isFull = isIntroduced ? introduced >= mostDevices.introduced : mentioned >= mostDevices.mentioned
    return isFull ? { fault: 'too-many-devices', device: null } : null
  }

  return (message) => {
    switch (message.kind) {
      case 'reading': {
        const name = seriesName(message)
        const fault = admission.series(name)
        return fault && { fault, device: name.device }
      }
      case 'text': {
        const fault = admission.room(message.room)
        return fault && { fault, device: null }
      }
      case 'status': {
        if (message.device !== null) return ofDevice(message.device, false)
        const fault = message.room === null ? null : admission.room(message.room)
        return fault && { fault, device: null }
      }
      case 'heartbeat':
      case 'response':
        return ofDevice(message.device, false)
      case 'batch':
        return ofDevice(message.device, true) ?? (mayTake(message.batch, message.at) ? null : { fault: 'too-fast', device: message.device })
      // The package of foreign devices has bounds of its own.
      case 'described':
      case 'foreign':
      case 'announcement':
        return null
      case 'bad-batch':
      case 'info':
        return ofDevice(message.device, true)
    }
  }
}
