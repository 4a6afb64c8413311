import { element } from './parts.js'
import { age, moment, number, quantityName, say } from './words.js'

// Everything that came over the wire is set as text, never as markup, and stands in a <bdi>, so that a name written
// from right to left turns nothing else around.

/** @param {string} text */
const foreign = (text) => element('bdi', '', text)

/** The worst first. */
export const severities = ['critical', 'warning', 'info']

const rank = ['temperature', 'humidity', 'co2', 'pressure', 'illuminance', 'power', 'voltage', 'battery']
/** @param {string} name */
const order = (name) => (rank.indexOf(name) + 1 || rank.length + 1) * 2 + (/_\d+$/.test(name) ? 1 : 0)

/**
 * One room.
 * @param {any} room as in GET /api/rooms
 * @param {{ value: string, quantity: string } | undefined} before what the tile showed last
 * @param {number} now ms
 */
export function makeTile(room, before, now) {
  const quantities = Object.entries(room.quantities).sort(([a], [b]) => order(a) - order(b) || a.localeCompare(b))
  const [main, ...others] = quantities
  const worst = severities.find((severity) => room.alerts.some((/** @type {any} */ alert) => alert.severity === severity))

  const name = element('h3', '', foreign(room.room))
  name.title = room.room
  const head = element('div', 'room-head', name)
  if (worst) head.append(element('p', `badge ${worst}`, say().alertIn))

  const dot = { online: 'is-on', offline: 'is-off' }[room.status] ?? 'is-unknown'
  const foot = element('div', 'room-foot', element('p', `status dot ${dot}`, say().status[room.status]))
  const tile = element('li', `room ${worst ?? ''}`.trim(), head)
  if (main === undefined) {
    tile.append(element('p', 'label', say().noValue), foot)
    return { element: tile, shown: undefined }
  }
  const [quantity, { value, unit, time, stale }] = main
  const shown = { quantity, value: number(quantity, value) }
  if (quantity !== 'temperature') tile.append(element('p', 'label', foreign(quantityName(quantity))))
  tile.append(makeValue(shown.value, unit, stale, before?.quantity === quantity && before.value !== shown.value))
  if (others.length > 0) tile.append(makeList(others))
  foot.append(element('p', 'age', stale ? `${say().stale} · ` : '', makeAge(time, now)))
  tile.append(foot)
  return { element: tile, shown }
}

/** @param {string} text @param {string} unit @param {boolean} stale @param {boolean} changed */
function makeValue(text, unit, stale, changed) {
  const marks = [text.length > 6 && 'long', stale && 'stale', changed && 'changed'].filter(Boolean)
  const made = element('p', ['main-value', ...marks].join(' '), text)
  if (unit !== '') made.append(element('span', 'unit', foreign(unit)))
  return made
}

/** @param {[string, any][]} quantities */
function makeList(quantities) {
  const list = element('dl', 'others')
  for (const [quantity, { value, unit, stale }] of quantities) {
    const text = unit === '' ? number(quantity, value) : `${number(quantity, value)} ${unit}`
    list.append(element('dt', '', foreign(quantityName(quantity))), element('dd', stale ? 'stale' : '', text))
  }
  return list
}

/**
 * @param {any} alert as in GET /api/alerts
 * @param {number} now ms
 * @param {() => void} onAcknowledge
 */
export function makeAlert(alert, now, onAcknowledge) {
  const item = element(
    'li',
    `alert ${alert.severity}`,
    element('p', '', foreign(alert.message)),
    makeAge(alert.fired ?? alert.started, now),
  )
  if (alert.acknowledged !== null) {
    item.append(element('span', 'seen', `✓ ${say().acknowledged}`))
    return item
  }
  const button = element('button', '', say().acknowledge)
  button.setAttribute('type', 'button')
  button.addEventListener('click', onAcknowledge)
  item.append(button)
  return item
}

/** @param {number} time ms @param {number} now ms */
function makeAge(time, now) {
  const made = document.createElement('time')
  made.dateTime = new Date(time).toISOString()
  made.title = moment(time)
  made.textContent = age(now - time)
  return made
}
