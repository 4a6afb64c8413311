import { readFile, statfs } from 'node:fs/promises'
import { uptime } from 'node:os'
import type { Heartbeat } from '@hearthwatch/protocol'
import machine from 'systeminformation'

type Answer = number | null | undefined
type Vital = 'cpu' | 'memory' | 'temperature' | 'uptime' | 'disk' | 'rssi'

/**
 * How to ask the machine. systeminformation answers some questions by programs that it waits for, so these are not
 * asked where Node or the kernel answers as well: the disk, the Wi-Fi and the uptime.
 */
const questions: Record<Vital, () => Promise<Answer>> = {
  cpu: async () => (await machine.currentLoad()).currentLoad,
  memory: async () => percent(await machine.mem().then(({ total, available }) => (total - available) / total)),
  temperature: async () => (await machine.cpuTemperature()).main,
  uptime: async () => uptime(),
  disk: async () => percent(await statfs('/').then(({ blocks, bavail, bfree }) => (blocks - bfree) / (blocks - bfree + bavail))),
  rssi: async () => signalOf(await readFile('/proc/net/wireless', 'utf8')),
}

/** Asks how the device is. What the machine cannot tell, does not tell in time or gets wrong is left out. */
export type Pulse = (now: number) => Promise<Heartbeat>

/** @param patience a machine that has not answered after this (ms) does not know */
export function createPulse(id: string, version: string, ask = questions, patience = 5000): Pulse {
  let open = Object.entries(ask) as [Vital, () => Promise<Answer>][]
  let under: Promise<Partial<Record<Vital, number>>> | undefined

  async function vitals() {
    const known: Partial<Record<Vital, number>> = {}
    const unknown = new Set<Vital>()
    // One after the other: on a small machine together they would take all of it.
    for (const [vital, question] of open) {
      const answer = await inTime(question, patience)
      if (typeof answer === 'number' && Number.isFinite(answer)) known[vital] = Math.round(answer * 10) / 10
      if (answer === null) unknown.add(vital)
    }
    // Who has no thermometer grows none, and looking for it starts programs each time.
    open = open.filter(([vital]) => !unknown.has(vital))
    return known
  }

  return async (now) => {
    under ??= vitals().finally(() => {
      under = undefined
    })
    return { device_id: id, timestamp: new Date(now).toISOString(), ...(await under), version }
  }
}

/** The answer; null for none, undefined where it failed or took too long. */
async function inTime(question: () => Promise<Answer>, patience: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience)
  })
  try {
    return await Promise.race([question(), late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

function percent(part: number): number {
  return Math.min(100, Math.max(0, part * 100))
}

/** dBm of the first interface that has a signal; the format is proc(5)'s: two lines of head, then `wlan0: 0000 54. -56. …`. */
function signalOf(table: string): Answer {
  for (const line of table.split('\n').slice(2)) {
    const level = Number.parseFloat(line.trim().split(/\s+/)[3] ?? '')
    if (level < 0) return level
  }
  return undefined
}
