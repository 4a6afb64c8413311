import { minute } from '@hearthwatch/protocol/durations'
import type { Sample } from './samples.ts'

/** An event during a soak, in ms since its begin. */
export interface Event {
  at: number
  what: string
}

interface Panel {
  title: string
  unit: string
  lines: { name: string; color: string; of: (sample: Sample) => number }[]
}

const panels: readonly Panel[] = [
  {
    title: 'Memory of the monitor',
    unit: 'MB',
    lines: [
      { name: 'resident', color: '#2f6fab', of: ({ resident }) => resident },
      { name: 'anonymous', color: '#c8553d', of: ({ anonymous }) => anonymous },
    ],
  },
  { title: 'Memory of the largest sensor', unit: 'MB', lines: [{ name: 'resident', color: '#2f6fab', of: ({ sensor }) => sensor }] },
  { title: 'Handles of the monitor', unit: '', lines: [{ name: 'handles', color: '#588157', of: ({ handles }) => handles }] },
  {
    title: 'Files',
    unit: 'MB',
    lines: [
      { name: 'database', color: '#6a4c93', of: ({ database }) => database },
      { name: 'write-ahead log', color: '#e09f3e', of: ({ wal }) => wal },
    ],
  },
]

const [width, height, left, right, top, gap] = [900, 130, 60, 20, 40, 50]

/** A chart as SVG: a panel for each kind of resource, above each other, with the events as vertical lines. */
export function drawChart(samples: readonly Sample[], events: readonly Event[]): string {
  const end = Math.max(1, samples.at(-1)?.at ?? 1)
  const x = (at: number) => left + (at / end) * (width - left - right)
  const drawn = panels.map((panel, i) => drawPanel(panel, samples, top + i * (height + gap), x))
  const bottom = top + panels.length * (height + gap)
  const marks = events.map(
    ({ at, what }) =>
      `<line x1="${n(x(at))}" x2="${n(x(at))}" y1="${top}" y2="${bottom - gap}" stroke="#ccc"><title>${what}</title></line>`,
  )
  const minutes = Array.from({ length: 7 }, (_, i) => (end * i) / 6).map(
    (at) => `<text x="${n(x(at))}" y="${bottom - gap + 18}" text-anchor="middle">${n(at / minute)} min</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${bottom}" fill="#fff"/>`,
    ...marks,
    ...drawn,
    ...minutes,
    '</svg>',
    '',
  ].join('\n')
}

function drawPanel({ title, unit, lines }: Panel, samples: readonly Sample[], y0: number, x: (at: number) => number): string {
  const most = niceAbove(Math.max(1, ...samples.flatMap((sample) => lines.map(({ of }) => of(sample)))))
  const y = (value: number) => y0 + height - (value / most) * height
  const grid = [0, most / 2, most].map(
    (value) =>
      `<line x1="${left}" x2="${width - right}" y1="${n(y(value))}" y2="${n(y(value))}" stroke="#e5e5e5"/><text x="${left - 6}" y="${n(y(value) + 4)}" text-anchor="end">${n(value)}</text>`,
  )
  const curves = lines.map(
    ({ color, of }) =>
      `<polyline fill="none" stroke="${color}" stroke-width="1.5" points="${samples.map((sample) => `${n(x(sample.at))},${n(y(of(sample)))}`).join(' ')}"/>`,
  )
  const legend = lines.map(
    ({ name, color }, i) => `<text x="${width - right - i * 120}" y="${y0 - 8}" text-anchor="end" fill="${color}">${name}</text>`,
  )
  return [`<text x="${left}" y="${y0 - 8}" font-weight="bold">${title}${unit && `, ${unit}`}</text>`, ...grid, ...curves, ...legend].join(
    '\n',
  )
}

/** A round number at or above the value: 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? value
}

const n = (value: number) => String(Math.round(value * 10) / 10)
