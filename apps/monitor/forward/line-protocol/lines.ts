import type { FeedEntry } from '../../store/feed/entry.ts'

/** Escapes for names and tags of the line protocol; https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/ */
const tag = (text: string) => text.replace(/\\(?=[,= ]|$)/g, '\\\\').replace(/[,= ]/g, '\\$&')
const measurement = (text: string) => text.replace(/[, ]/g, '\\$&')
const string = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** The tags that have a value; an empty one is not allowed. */
function tags(named: Record<string, string | null>): string {
  const parts = Object.entries(named).map(([name, text]) => (text === null || text === '' ? '' : `,${name}=${tag(text)}`))
  return parts.join('')
}

/** One line for each reading and each step of an alert, times in ms. */
export function linesOf(site: string, { readings = [], alerts = [] }: Partial<FeedEntry>): string[] {
  const lines: string[] = []
  for (const { series, rows } of readings) {
    const head = `${measurement(series.quantity)}${tags({ device: series.device, room: series.room, site })} value=`
    for (const [time, value] of rows) lines.push(`${head}${value} ${time}`)
  }
  for (const { rule, room, device, quantity, state, severity, value, fired, resolved } of alerts) {
    const at = state === 'resolved' ? resolved : fired
    if (at === null) continue
    const fields = [`state=${string(state)}`, `severity=${string(severity)}`, ...(value === null ? [] : [`value=${value}`])]
    lines.push(`alert${tags({ device, quantity, room, rule, site })} ${fields.join(',')} ${at}`)
  }
  return lines
}
