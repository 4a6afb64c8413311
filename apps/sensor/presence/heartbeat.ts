import { readFile, statfs } from 'node:fs/promises'
import { uptime } from 'node:os'
import type { Log } from '@hearthwatch/log'
import { type Heartbeat, topicOf, topics } from '@hearthwatch/protocol'
import machine from 'systeminformation'
import manifest from '../package.json' with { type: 'json' }
import type { Presence } from './presence.ts'

type Answer = number | null | undefined
type Vital = 'cpu' | 'memory' | 'temperature' | 'uptime' | 'disk' | 'rssi'

/**
 * Measures each vital. systeminformation starts programs for the disk, the Wi-Fi and the uptime, so these are read from
 * Node or the kernel. An answer of null means that the machine has no such sensor.
 */
const questions: Record<Vital, () => Promise<Answer>> = {
  cpu: async () => (await machine.currentLoad()).currentLoad,
  memory: async () => percent(await machine.mem().then(({ total, available }) => (total - available) / total)),
  temperature: async () => (await machine.cpuTemperature()).main,
  uptime: async () => uptime(),
  disk: async () => percent(await statfs('/').then(({ blocks, bavail, bfree }) => (blocks - bfree) / (blocks - bfree + bavail))),
  rssi: async () => signalOf(await readFile('/proc/net/wireless', 'utf8')),
}

/** @param counts of the outbox's rows and of rejected readings, read when the heartbeat is published @returns publishes one heartbeat */
export function createHeartbeat(
  id: string,
  presence: Pick<Presence, 'isOnline' | 'publish'>,
  counts: () => Pick<Heartbeat, 'outbox' | 'dropped'> & { rejected: Heartbeat['rejected'] | undefined },
  now: () => number,
  log: Log,
): () => Promise<void> {
  const vitalsAt = createVitals(id, manifest.version)
  return async () => {
    if (!presence.isOnline) return
    const { rejected, ...rows } = counts()
    const heartbeat = { ...(await vitalsAt(now())), ...rows, ...(rejected && { rejected }) }
    await presence
      .publish(topicOf('heartbeat', { id }), JSON.stringify(heartbeat), topics.heartbeat)
      .catch((error) => log.debug('heartbeat not sent', { error }))
  }
}

/** Measures the machine. A vital that is missing, too slow or not a number is left out. @param timeout ms that each vital may take */
export function createVitals(id: string, version: string, ask = questions, timeout = 5000): (now: number) => Promise<Heartbeat> {
  let open = Object.entries(ask) as [Vital, () => Promise<Answer>][]
  let running: Promise<Partial<Record<Vital, number>>> | undefined

  async function vitals() {
    const known: Partial<Record<Vital, number>> = {}
    const missing = new Set<Vital>()
    // One after the other: measured together they would take all of a small machine's processor.
    for (const [vital, question] of open) {
      const answer = await inTime(question, timeout)
      if (typeof answer === 'number' && Number.isFinite(answer)) known[vital] = Math.round(answer * 10) / 10
      if (answer === null) missing.add(vital)
    }
    // A missing thermometer stays missing, and each search for it starts programs.
    open = open.filter(([vital]) => !missing.has(vital))
    return known
  }

  return async (now) => {
    running ??= vitals().finally(() => {
      running = undefined
    })
    return { device_id: id, timestamp: new Date(now).toISOString(), ...(await running), version }
  }
}

/** @returns the answer; undefined if the question failed or took too long */
async function inTime(question: () => Promise<Answer>, timeout: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeout)
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

/** dBm of the first interface with a signal. The format is proc(5)'s: two header lines, then `wlan0: 0000 54. -56. …`. */
function signalOf(table: string): Answer {
  for (const line of table.split('\n').slice(2)) {
    const level = Number.parseFloat(line.trim().split(/\s+/)[3] ?? '')
    if (level < 0) return level
  }
  return undefined
}
