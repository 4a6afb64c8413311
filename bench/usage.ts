import { readFile } from 'node:fs/promises'

export interface Usage {
  /** s of CPU since it was started, in steps of 0.01 */
  cpu: number
  /** Resident memory now and at most, and the part of it that no file backs. MB */
  resident: number
  peak: number
  anonymous: number
  /** bytes that it caused to be written to a block device; 0 where its files lie in memory */
  written: number
}

/** What a process has used so far, as Linux counts it. */
export async function usage(pid: number): Promise<Usage> {
  const [stat = '', status = '', io = ''] = await Promise.all(
    ['stat', 'status', 'io'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  )
  // The name of the program may hold spaces; it ends with the last bracket.
  const times = stat.slice(stat.lastIndexOf(')')).split(' ')
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return {
    cpu: (Number(times[12]) + Number(times[13])) / 100,
    resident: megabytes('VmRSS'),
    peak: megabytes('VmHWM'),
    anonymous: megabytes('RssAnon'),
    written: Number(/^write_bytes: (\d+)/m.exec(io)?.[1]),
  }
}
