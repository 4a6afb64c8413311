import { readdirSync, statSync } from 'node:fs'
import { type Usage, usage } from '../../bench/usage.ts'
import type { Testbed } from '../testbed.ts'

/** The use of resources at a moment. Memory in MB, sizes in MB. */
export interface Sample {
  /** Time since the begin of the soak, ms. */
  at: number
  resident: number
  /** The part of the monitor's memory that is not backed by files. */
  anonymous: number
  /** Open files, sockets and timers of the monitor. */
  handles: number
  /** CPU time of the monitor since its start, s. */
  cpu: number
  database: number
  wal: number
  /** Resident memory of the largest sensor. */
  sensor: number
}

const megabyte = 1024 * 1024
const sizeOf = (file: string) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) / megabyte

/** @returns null if the monitor does not run */
export async function takeSample({ monitor, sensors, databaseFile }: Testbed, at: number): Promise<Sample | null> {
  const { pid } = monitor
  const used = pid === undefined ? null : await usageOf(pid)
  if (pid === undefined || used === null) return null
  const ofSensors = await Promise.all(sensors.map(({ program }) => (program.pid === undefined ? null : usageOf(program.pid))))
  const { resident, anonymous, cpu } = used
  return {
    ...{ at, resident, anonymous, cpu },
    handles: readdirSync(`/proc/${pid}/fd`).length,
    database: sizeOf(databaseFile),
    wal: sizeOf(`${databaseFile}-wal`),
    sensor: Math.max(0, ...ofSensors.map((one) => one?.resident ?? 0)),
  }
}

/** @returns null for a process that ends: it has no memory any more */
async function usageOf(pid: number): Promise<Usage | null> {
  const used = await usage(pid).catch(() => null)
  return used === null || Number.isNaN(used.resident) ? null : used
}
