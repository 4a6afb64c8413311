import { isDark } from '../../words/theme.ts'

const names = ['line-1', 'line-2', 'line-3', 'line-4', 'text', 'quiet', 'edge', 'card', 'critical', 'warning', 'info', 'accent'] as const
export type ColourName = (typeof names)[number]
export type Colours = Record<ColourName, string>

/** The colours of the page in a form that a canvas accepts. A component that reads them is redrawn when the theme changes. */
export function colours(): Colours {
  isDark()
  const probe = document.createElement('span')
  document.body.append(probe)
  const found = names.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(found) as Colours
}

/** @param colour `rgb(…)` @param alpha 0 to 1 */
export function faint(colour: string, alpha: number): string {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number)
  return `rgba(${r}, ${g}, ${b}, ${alpha})`
}
