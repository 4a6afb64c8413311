import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The green one of a Raspberry Pi, by its name now and before. https://docs.kernel.org/leds/leds-class.html */
const names = ['ACT', 'led0']
const blinks = 20
/** ms between on and off */
const rhythm = 250

/** A light on the machine, to tell it from others. */
export interface Lamp {
  /** Blinks for some seconds. @returns false where there is none, or none that this user may use */
  blink(): boolean
  /** Gives it back to whom it belongs. */
  stop(): void
}

export function createLamp(sysfsRoot: string): Lamp {
  let giveBack: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined

  function stop(): void {
    clearInterval(timer)
    giveBack?.()
    giveBack = undefined
  }

  function blinkOne(folder: string): boolean {
    const set = (file: string, text: string) => writeFileSync(join(folder, file), text)
    try {
      // The one in brackets is what it shows otherwise: `none [mmc0] timer`.
      const before = /\[(.+?)\]/.exec(readFileSync(join(folder, 'trigger'), 'utf8'))?.[1] ?? 'none'
      set('trigger', 'none')
      set('brightness', '1')
      let left = blinks * 2 - 1
      giveBack = () => {
        try {
          set('brightness', '0')
          set('trigger', before)
        } catch {
          // It could be written a moment ago, and it is only a lamp.
        }
      }
      timer = setInterval(() => {
        left -= 1
        try {
          set('brightness', left % 2 === 1 ? '1' : '0')
        } catch {
          left = 0
        }
        if (left <= 0) stop()
      }, rhythm)
      return true
    } catch {
      return false
    }
  }

  return {
    blink() {
      stop()
      return names.some((name) => blinkOne(join(sysfsRoot, 'class/leds', name)))
    },
    stop,
  }
}
