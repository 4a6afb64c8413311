import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** A number for this run of the machine: where the kernel names none, this run of the program counts as one. */
export const boot: number = Number.parseInt(nameOfBoot().slice(0, 8), 16)

/** ms since the machine started, time asleep included; never put back. */
export function uptimeNow(): number {
  return Math.round(uptime() * 1000)
}

function nameOfBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
  } catch {
    return randomBytes(4).toString('hex')
  }
}
