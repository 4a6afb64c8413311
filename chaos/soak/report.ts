import { minute } from '@hearthwatch/protocol/durations'
import { bounds } from './judge.ts'
import type { SoakReport } from './soak.ts'

/** Rows of the table. */
const most = 10

/** The report as text for a terminal; the table is Markdown. */
export function formatSoak({ samples, events, growth, taken, stored, missing, double, hadFullDisk, failures }: SoakReport): string {
  const rows = samples.filter((_, i) => i % Math.ceil(samples.length / most) === 0 || i === samples.length - 1)
  const counts = new Map<string, number>()
  for (const { what } of events) counts.set(what, (counts.get(what) ?? 0) + 1)
  const { memory, allowed, handles, wal } = growth
  return [
    '| minute | resident / anonymous MB | handles | CPU s | database MB | WAL MB | largest sensor MB |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ at, resident, anonymous, handles, cpu, database, wal, sensor }) =>
        `| ${(at / minute).toFixed(1)} | ${resident.toFixed(1)} / ${anonymous.toFixed(1)} | ${handles} | ${cpu.toFixed(1)} | ${database.toFixed(2)} | ${wal.toFixed(2)} | ${sensor.toFixed(1)} |`,
    ),
    '',
    ...[...counts].map(([what, count]) => `${String(count).padStart(6)} × ${what}`),
    ...(hadFullDisk ? [] : ['skipped: a full disk needs root']),
    '',
    `anonymous memory grew by     ${memory.toFixed(1)} MB (at most ${allowed.toFixed(1)})`,
    `handles grew by              ${handles} (at most ${bounds.handles})`,
    `largest write-ahead log      ${wal.toFixed(1)} MB (at most ${bounds.wal})`,
    `readings taken, stored       ${taken}, ${stored}`,
    `missing, double              ${missing}, ${double}`,
    '',
    ...(failures.length === 0 ? ['All checks passed.'] : ['FAILED CHECKS:', ...failures.map((failure) => `- ${failure}`)]),
  ].join('\n')
}
