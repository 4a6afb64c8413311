import { ask, LoginNeeded, listen, now } from './monitor.js'
import { at, setText } from './parts.js'
import { makeAlert, makeTile, severities } from './tiles.js'
import { age, languageInUse, say } from './words.js'

const nothing = { rooms: [], alerts: [], health: { mqtt: 'connected', database: 'ok' } }

/** What the monitor last said. @type {{ rooms: any[], alerts: any[], health: any }} */
let house = nothing
let isLive = false
let stopListening = () => {}
let onLoginNeeded = () => {}
/** @type {Map<string, { element: HTMLElement, state: string, shown: any }>} */
const tiles = new Map()
let drawnAlerts = ''
/** Counts up, so that an answer that was overtaken is known as such. */
let asked = 0

/** Shows the house as it is, and as it changes. @param {() => void} onOut the login is over */
export function openHouse(onOut) {
  onLoginNeeded = onOut
  stopListening = listen({
    onOpen() {
      isLive = true
      refresh()
    },
    onBroken() {
      isLive = false
      drawHouse()
    },
    onEnd() {
      isLive = false
      drawHouse()
      setTimeout(onOut, 3000)
    },
    on: {
      reading: hearReading,
      status: refreshSoon,
      alert(alert) {
        if (alert.state === 'firing' || alert.state === 'resolved') setText(at('news'), alert.message)
        refreshSoon()
      },
    },
  })
}

/** Forgets all: whoever looks next may not be allowed to. */
export function closeHouse() {
  stopListening()
  asked += 1
  isLive = false
  house = nothing
  drawHouse()
}

async function refresh() {
  const mine = ++asked
  try {
    const [rooms, alerts, health] = await Promise.all([ask('api/rooms'), ask('api/alerts?state=firing'), ask('api/health')])
    if (mine !== asked) return
    keepNewer(rooms)
    house = { rooms, alerts, health }
    drawHouse()
  } catch (error) {
    if (error instanceof LoginNeeded) onLoginNeeded()
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting
function refreshSoon() {
  if (waiting !== undefined) return
  waiting = setTimeout(() => {
    waiting = undefined
    if (isLive) refresh()
  }, 150)
}

/** A reading that came while the answer was on its way is not overwritten by it. @param {any[]} rooms */
function keepNewer(rooms) {
  const before = new Map(house.rooms.map((room) => [room.room, room.quantities]))
  for (const { room, quantities } of rooms) {
    for (const [quantity, current] of Object.entries(before.get(room) ?? {})) {
      if (quantities[quantity] && current.time > quantities[quantity].time) quantities[quantity] = current
    }
  }
}

/** @param {{ room: string, quantity: string, value: number, time: number }} reading */
function hearReading({ room, quantity, value, time }) {
  const quantities = house.rooms.find((known) => known.room === room)?.quantities ?? {}
  if (!Object.hasOwn(quantities, quantity)) return refreshSoon()
  if (time < quantities[quantity].time) return
  Object.assign(quantities[quantity], { value, time, stale: false })
  drawSoon()
}

let isDrawing = false
function drawSoon() {
  if (isDrawing) return
  isDrawing = true
  // As often as the screen, however many readings come.
  requestAnimationFrame(() => {
    isDrawing = false
    drawHouse()
  })
}

/** Draws what has changed since the last time. */
export function drawHouse() {
  const { rooms, alerts, health } = house
  setText(at('link'), isLive ? say().live : say().connecting)
  at('link').className = isLive ? 'dot is-on' : 'dot is-unknown'
  drawRooms(rooms)
  drawAlerts(alerts)
  at('empty').hidden = rooms.length > 0 || house === nothing
  const online = rooms.filter(({ status }) => status === 'online').length
  setText(at('rooms-count'), rooms.length === 0 ? '' : say().roomsCount(online, rooms.length))
  const troubles = []
  if (health.mqtt !== 'connected') troubles.push(say().broker(health.mqtt))
  if (health.database !== 'ok') troubles.push(say().database(health.database))
  setText(at('trouble'), troubles.join(' '))
  at('trouble').hidden = troubles.length === 0
  document.title = alerts.length > 0 ? `(${alerts.length}) Hearthwatch` : 'Hearthwatch'
}

/** @param {any[]} rooms */
function drawRooms(rooms) {
  for (const room of rooms) {
    const state = JSON.stringify([languageInUse(), room])
    const before = tiles.get(room.room)
    if (before?.state === state) continue
    const made = makeTile(room, before?.shown, now())
    before?.element.replaceWith(made.element)
    tiles.set(room.room, { ...made, state })
  }
  for (const name of [...tiles.keys()]) if (!rooms.some(({ room }) => room === name)) tiles.delete(name)
  const wanted = rooms.flatMap(({ room }) => tiles.get(room)?.element ?? [])
  const there = at('rooms').children
  if (wanted.length !== there.length || wanted.some((element, i) => element !== there[i])) at('rooms').replaceChildren(...wanted)
}

/** @param {any[]} alerts */
function drawAlerts(alerts) {
  const state = JSON.stringify([languageInUse(), alerts])
  if (state === drawnAlerts) return
  drawnAlerts = state
  at('alerts').hidden = alerts.length === 0
  const rank = (/** @type {any} */ { severity }) => severities.indexOf(severity)
  const made = alerts.toSorted((a, b) => rank(a) - rank(b)).map((alert) => makeAlert(alert, now(), () => acknowledge(alert.id)))
  at('alert-list').replaceChildren(...made)
}

/** @param {number} id */
async function acknowledge(id) {
  await ask(`api/alerts/${id}/acknowledge`, { method: 'POST' }).catch(() => {})
  refresh()
}

// Ages grow without anything happening.
setInterval(() => {
  for (const time of document.querySelectorAll('time')) setText(time, age(now() - Date.parse(time.dateTime)))
}, 1000)

// What went stale in silence, and troubles of the monitor itself, are not told.
setInterval(() => {
  if (isLive) refresh()
}, 15_000)
