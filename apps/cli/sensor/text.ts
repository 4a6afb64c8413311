import { isLoopback } from '../broker/address.ts'
import { filesOf } from './machine-files.ts'
import type { SensorAccount, SensorResult } from './result.ts'
import type { SensorWords } from './words.ts'

/** The result for people. */
export function describeSensorResult(result: SensorResult, words: SensorWords): string {
  const { command, sensors = [], sensor, id = '', room = '', reload, monitor, files } = result
  if (command === 'list') return listOf(sensors, words)
  const parts: string[] = []
  if (command === 'add') parts.push(result.changed ? words.added(id, room) : words.kept(id, room))
  if (command === 'rotate') parts.push(words.rotated(id))
  if (command === 'move') parts.push(words.moved(id, room), words.setRoom(id, room))
  if (command === 'remove') parts.push(words.removed(id))
  if (reload.length > 0) parts.push([words.reload, ...reload.map((line) => `  ${line}`)].join('\n'))
  if (monitor !== null) parts.push(words.monitor[monitor])
  if (sensor !== undefined) parts.push(...forMachine(sensor, files, words))
  return `${parts.join('\n\n')}\n`
}

function forMachine(sensor: SensorAccount, files: readonly string[], words: SensorWords): string[] {
  if (sensor.broker === null || isLoopback(sensor.broker)) return [words.here(sensor.id)]
  const plain = sensor.ca === null ? [words.plain(sensor.broker)] : []
  if (files.length > 0) return [...plain, words.files(files), words.start]
  return [...plain, words.paste(sensor.id), blockOf(sensor), words.start]
}

/** Commands for a shell that write the files of the other machine. */
export function blockOf(sensor: SensorAccount): string {
  const parts = Object.entries(filesOf(sensor)).map(
    ([name, text]) => `cat > ${name} <<'HEARTHWATCH'\n${text.replace(/\n*$/, '\n')}HEARTHWATCH`,
  )
  return ['umask 077', ...parts].join('\n')
}

function listOf(sensors: NonNullable<SensorResult['sensors']>, { none, header }: SensorWords): string {
  if (sensors.length === 0) return `${none}\n`
  const rows = [header, ...sensors.map(({ id, room, name }) => [id, name === undefined ? room : `${name} (${room})`])]
  const width = Math.max(...rows.map(([id = '']) => id.length))
  return `${rows.map(([id = '', room]) => `${id.padEnd(width)}  ${room}`).join('\n')}\n`
}
