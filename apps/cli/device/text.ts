import type { DeviceResult } from './command.ts'
import type { DeviceWords } from './words.ts'

/** The result for people. */
export function describeDeviceResult(result: DeviceResult, words: DeviceWords): string {
  const { command, devices = [], device, name = '', changed, reload, follow, open } = result
  if (command === 'list') return listOf(devices, words)
  const parts: string[] = []
  if (command === 'add' && device) parts.push(changed ? words.added(name, device.kind) : words.kept(name))
  if (command === 'rotate') parts.push(words.rotated(name))
  if (command === 'remove') parts.push(words.removed(name))
  if (reload.length > 0) parts.push([words.reload, ...reload.map((line) => `  ${line}`)].join('\n'))
  if (device) {
    parts.push(words.where[device.kind], ...device.texts.map(({ text }) => text), words.secret)
    if (device.ca !== null) parts.push(words.ca)
  }
  if (open !== null) parts.push(words.open(open))
  if (follow !== null) parts.push(words.follow(follow))
  return `${parts.join('\n\n')}\n`
}

function listOf(devices: NonNullable<DeviceResult['devices']>, { none, header }: DeviceWords): string {
  if (devices.length === 0) return `${none}\n`
  const rows = [header, ...devices.map(({ name, kind, topic }) => [name, kind, topic])]
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return `${rows.map(([name = '', kind = '', topic]) => `${name.padEnd(width(0))}  ${kind.padEnd(width(1))}  ${topic}`).join('\n')}\n`
}
