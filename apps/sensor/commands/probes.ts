import type { SensorConfig } from '../config.ts'
import { type Survey, survey } from '../probes/survey.ts'
import { wordsOf } from './words.ts'

/** The command `probes`: all probes that are found, with a live value each. `isGood` is false if there is none. */
export async function listProbes(config: SensorConfig): Promise<{ text: string; json: Survey; isGood: boolean }> {
  const words = wordsOf(config.UI_LANGUAGE)
  const json = await survey(config, Date.now())
  const { probes, missing } = json
  if (probes.length === 0) return { text: words.noProbe(config.PROBE), json, isGood: false }
  const rows = probes.map(({ id, driver, room, quantity, value, unit, problem }) => [
    problem ?? `${value} ${unit}`,
    quantity,
    id,
    driver,
    room,
  ])
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const more = missing.length > 0 ? [words.missing(missing.join(' '))] : []
  return { text: [...lines, ...more].join('\n'), json, isGood: true }
}
