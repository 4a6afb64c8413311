import type { Log } from '@hearthwatch/log'
import { applyMonitorTime, type Clock, type MachineClocks, newClock, type Origin, type Quality, quality, readClock } from './clock.ts'

/** The time of a tick, as far as it is known. */
export interface Moment extends Origin {
  uptime: number
  /** How long before the clocks were read the tick was due, ms. */
  ago: number
}

/** The device's clock, from the machine's clocks, NTP and the monitor's acknowledgements. */
export type DeviceClock = ReturnType<typeof createDeviceClock>

/** @param known from the outbox */
export function createDeviceClock(known: Pick<Clock, 'newestTime' | 'trustedOrigin'>, readMachine: () => MachineClocks, log: Log) {
  let clock = newClock(known)
  let logged: Quality | undefined

  function logQuality(current: Quality): void {
    if (current !== logged && current === quality.waiting) log.warn('clock is not set; readings wait up to 10 minutes for it')
    if (current !== logged && current === quality.guessed) log.warn('clock is not set; times are guessed from the uptime')
    logged = current
  }

  return {
    /** @param tick the point of the wall clock's grid, ms */
    momentOf(tick: number): Moment {
      const machine = readMachine()
      const [after, origin] = readClock(clock, machine)
      clock = after
      logQuality(origin.quality)
      return { ...origin, uptime: machine.uptime, ago: machine.wall - tick }
    },
    /** The best known time, ms. */
    now(): number {
      const machine = readMachine()
      const [, { origin }] = readClock(clock, machine)
      return (origin ?? clock.newestTime) + machine.uptime
    },
    isTrusted(): boolean {
      const [, origin] = readClock(clock, readMachine())
      return origin.quality === quality.trusted
    },
    applyMonitorTime(monitorTime: number): void {
      clock = applyMonitorTime(clock, readMachine(), monitorTime)
    },
  }
}
