import { readFile } from 'node:fs/promises'

/** Use of resources by a process while it took the readings. */
export interface Taken {
  /** Time from the first to the last reading, ms. */
  took: number
  /** CPU time of the process, s. */
  cpu: number
  /** Largest resident memory, MB. */
  peak: number
}

export interface Usage {
  /** CPU time since its start, in s, in steps of 0.01. */
  cpu: number
  /** Time since its start in which its main thread was ready and had no processor, s: how much too busy the machine is. */
  waited: number
  /** Resident memory in MB: now, at its peak, and the part that is not backed by files. */
  resident: number
  peak: number
  anonymous: number
  /** Bytes written to a block device; 0 if its files are in memory. */
  written: number
}

/** The resources that a process has used since its start, from Linux's /proc. */
export async function usage(pid: number): Promise<Usage> {
  const [stat = '', status = '', io = '', schedule = ''] = await Promise.all(
    ['stat', 'status', 'io', 'schedstat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  )
  // The name of the program may contain spaces; it ends at the last bracket.
  const times = stat.slice(stat.lastIndexOf(')')).split(' ')
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return {
    cpu: (Number(times[12]) + Number(times[13])) / 100,
    waited: Number(schedule.split(' ')[1]) / 1e9,
    resident: megabytes('VmRSS'),
    peak: megabytes('VmHWM'),
    anonymous: megabytes('RssAnon'),
    written: Number(/^write_bytes: (\d+)/m.exec(io)?.[1]),
  }
}
