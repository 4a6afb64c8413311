import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The green LED of a Raspberry Pi, by its current and its former name. https://docs.kernel.org/leds/leds-class.html */
const names = ['ACT', 'led0']
const blinks = 20
/** ms between on and off */
const blinkEvery = 250

/** An LED of the machine, which blinks to tell this sensor from others. */
export function createLamp(sysfsRoot: string) {
  let restore: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined

  /** Restores the LED's own function. */
  function stop(): void {
    clearInterval(timer)
    restore?.()
    restore = undefined
  }

  function blinkOne(folder: string): boolean {
    const set = (file: string, text: string) => writeFileSync(join(folder, file), text)
    try {
      // The file lists all triggers, with the active one in brackets: `none [mmc0] timer`.
      const before = /\[(.+?)\]/.exec(readFileSync(join(folder, 'trigger'), 'utf8'))?.[1] ?? 'none'
      set('trigger', 'none')
      set('brightness', '1')
      let left = blinks * 2 - 1
      restore = () => {
        try {
          set('brightness', '0')
          set('trigger', before)
        } catch {
          // A failure here only affects the LED.
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
      }, blinkEvery)
      return true
    } catch {
      return false
    }
  }

  return {
    /** Blinks for 10 s. @returns false if there is no LED that this user may write to */
    blink(): boolean {
      stop()
      return names.some((name) => blinkOne(join(sysfsRoot, 'class/leds', name)))
    },
    stop,
  }
}
