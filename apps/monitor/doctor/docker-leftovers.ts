import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Images that upgrades have left behind. */
export interface Leftovers {
  images: number
  /** As Docker counts them, layers that several of them have once each. Bytes */
  bytes: number
}

const units: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }

/** null: there are none, or no Docker that this user may ask */
export async function dockerLeftovers(): Promise<Leftovers | null> {
  try {
    const { stdout } = await promisify(execFile)('docker', ['image', 'ls', '--filter', 'dangling=true', '--format', '{{.Size}}'], {
      timeout: 5000,
    })
    const sizes = stdout.split('\n').flatMap((line) => {
      const [, number, unit = ''] = /^([\d.]+)([A-Za-z]+)$/.exec(line.trim()) ?? []
      return number === undefined ? [] : [Number(number) * (units[unit] ?? 0)]
    })
    return sizes.length === 0 ? null : { images: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  } catch {
    return null
  }
}
