import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@hearthwatch/log'

/** The green LED of a Raspberry Pi, by its current and its former name. https://docs.kernel.org/leds/leds-class.html */
const names = ['ACT', 'led0']
const blinks = 20
/** ms between on and off */
const blinkEvery = 250

/** ms until udev has given the files that a trigger makes to the sensor's user (apps/package/sensor/60-hearthwatch-sensor.rules). */
const givenAfter = 500

/** The kernel's trigger for each state: two beats a second, fast blinking, and a short flash every two seconds. Times in ms. */
const patterns = {
  connected: { trigger: 'heartbeat' },
  'no-broker': { trigger: 'timer', on: 100, off: 100 },
  'no-probe': { trigger: 'timer', on: 100, off: 1900 },
} as const
export type LampState = keyof typeof patterns

export type Lamp = ReturnType<typeof createLamp>

/** An LED of the machine, which shows the sensor's state, and blinks to tell this sensor from others. */
export function createLamp(sysfsRoot: string, log: Log) {
  const folder = names.map((name) => join(sysfsRoot, 'class/leds', name)).find((path) => existsSync(path))
  /** The trigger before the first change. */
  let original: string | undefined
  let state: LampState | undefined
  let timer: NodeJS.Timeout | undefined
  let delayTimer: NodeJS.Timeout | undefined
  let isLogged = false
  let isStopped = false

  const set = (file: string, value: string | number) => writeFileSync(join(folder ?? '', file), String(value))

  /** Writes to the LED. @returns false if there is none, or if this user may not: that affects nothing else */
  function attempt(work: () => void): boolean {
    if (folder === undefined) return false
    try {
      // The file lists all triggers, with the active one in brackets: `none [mmc0] timer`.
      original ??= /\[(.+?)\]/.exec(readFileSync(join(folder, 'trigger'), 'utf8'))?.[1] ?? 'none'
      work()
      return true
    } catch (error) {
      if (!isLogged) log.debug('LED cannot be set', { folder, error })
      isLogged = true
      return false
    }
  }

  function setPattern(): void {
    clearTimeout(delayTimer)
    if (state === undefined) {
      set('brightness', 0)
      return set('trigger', original ?? 'none')
    }
    const pattern = patterns[state]
    set('trigger', pattern.trigger)
    if (!('on' in pattern)) return
    const setDelays = () => {
      set('delay_on', pattern.on)
      set('delay_off', pattern.off)
    }
    try {
      setDelays()
    } catch {
      delayTimer = setTimeout(() => attempt(setDelays), givenAfter)
    }
  }

  function endBlinking(): void {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    attempt(setPattern)
  }

  return {
    /** Shows the sensor's state until `stop`. */
    show(next: LampState): void {
      if (next === state || isStopped) return
      state = next
      if (timer === undefined) attempt(setPattern)
    },
    /** Blinks for 10 s, and then shows the state again. @returns false if there is no LED that this user may write to */
    blink(): boolean {
      endBlinking()
      clearTimeout(delayTimer)
      let left = blinks * 2 - 1
      const isBlinking = attempt(() => {
        set('trigger', 'none')
        set('brightness', 1)
      })
      if (!isBlinking) return false
      timer = setInterval(() => {
        left -= 1
        if (left <= 0 || !attempt(() => set('brightness', left % 2))) endBlinking()
      }, blinkEvery)
      return true
    },
    /** Restores the LED's own function. */
    stop(): void {
      isStopped = true
      const isChanged = state !== undefined || timer !== undefined
      clearInterval(timer)
      timer = undefined
      state = undefined
      if (isChanged) attempt(setPattern)
    },
  }
}
