import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'

/** True within a container of Docker or Podman. */
export const isContainer = (): boolean => existsSync('/.dockerenv') || existsSync('/run/.containerenv')

/** The process that has a file open; null: none that this user may see. */
export const holderOf = (file: string): string | null => processWith(resolve(file))

/** A socket that listens on this machine. */
export interface Listener {
  port: number
  isLocal: boolean
  inode: string
}

/** The listening TCP sockets of this machine, by /proc/net/tcp and tcp6 (proc_pid_net(5)). */
export function listeners(read: (file: string) => string = readProc): Listener[] {
  return ['tcp', 'tcp6'].flatMap((name) =>
    read(`/proc/net/${name}`)
      .split('\n')
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
        const [address = '', port = ''] = local.split(':')
        if (state !== '0A') return []
        const isLocal = /^0100007F$|^0{24}01000000$|^0{16}FFFF00000100007F$/.test(address)
        return [{ port: Number.parseInt(port, 16), isLocal, inode }]
      }),
  )
}

/** The program that listens, such as `mosquitto (process 812)`; null: this user may not see it. */
export function programOf({ inode }: Pick<Listener, 'inode'>): string | null {
  const pid = processWith(`socket:[${inode}]`)
  return pid === null ? null : `${readProc(`/proc/${pid}/comm`).trim()} (process ${pid})`
}

/** The unit of systemd, or the container, of a process; null: it belongs to the session of a person. */
export const supervisorOf = (pid: string): string | null => unitOf(readProc(`/proc/${pid}/cgroup`))

/** @param cgroup the text of /proc/PID/cgroup */
export function unitOf(cgroup: string): string | null {
  const path = cgroup.trim().split('\n').at(-1)?.split(':').at(-1) ?? ''
  const last = path.split('/').at(-1) ?? ''
  return last.endsWith('.service') || /^(docker|libpod)-/.test(last) ? last : null
}

function processWith(target: string): string | null {
  const opens = (pid: string) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === target)
    } catch {
      return false
    }
  }
  try {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return processes.find(opens) ?? null
  } catch {
    return null
  }
}

function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
