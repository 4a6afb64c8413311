import type { About, Language, Phrase } from './language.ts'

const sensor = (device: string) => (device === '' ? 'sensor' : `sensor ${device}`)
const theSensor = (device: string) => (device === '' ? 'the sensor' : `sensor ${device}`)
const spaced = (...parts: string[]) => parts.filter((part) => part !== '').join(' ')
const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
/** A quantity's name within a sentence: temperature, air pressure, but CO₂. */
const small = (name: string) => (/^[A-Z][a-z]/.test(name) ? name[0]?.toLowerCase() + name.slice(1) : name)

const capital = (text: string) => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`

/** Above a limit below this it is too warm, not too hot; for example a freezer. °C */
const mild = 25

function phrase(about: About): Phrase {
  const { kind, device, amount, window, text } = about
  const what = small(about.name)
  switch (kind) {
    case 'above':
    case 'below': {
      const extreme = kind === 'below' ? 'cold' : about.limit !== null && about.limit < mild ? 'warm' : 'hot'
      const [subject, adjective] = about.quantity === 'temperature' ? ['', extreme] : [what, kind === 'above' ? 'high' : 'low']
      return {
        on: spaced(subject, `too ${adjective}`),
        still: (lasted) => `${spaced(subject, `still too ${adjective}`)}, for ${lasted}`,
        off: (lasted) => `${spaced(subject, `no longer too ${adjective}`)}, after ${lasted}`,
        late: (lasted) => `${spaced(subject, `was too ${adjective}`)} for ${lasted} (reported late)`,
      }
    }
    case 'rises':
    case 'falls': {
      const [direction, moving, moved] = kind === 'rises' ? ['up', 'rising', 'rose'] : ['down', 'falling', 'fell']
      return {
        on: `${what} ${direction} ${amount} within ${window}`,
        still: (lasted) => `${what} still ${moving} fast, for ${lasted}`,
        off: (lasted) => `${what} no longer ${moving} fast, after ${lasted}`,
        late: () => `${what} ${moved} by ${amount} within ${window} (reported late)`,
      }
    }
    case 'silent': {
      const readings = spaced('no', what, 'readings from', theSensor(device))
      return {
        on: readings,
        still: (lasted) => `still ${readings}, for ${lasted}`,
        off: (lasted) => `${spaced(what, 'readings from', theSensor(device))} are coming again, after ${lasted}`,
        late: (lasted) => `${readings} for ${lasted} (reported late)`,
      }
    }
    case 'offline':
      return {
        on: `${sensor(device)} is offline`,
        still: (lasted) => `${sensor(device)} is still offline, for ${lasted}`,
        off: (lasted) => `${sensor(device)} is back, after ${lasted} offline`,
        late: (lasted) => `${sensor(device)} was offline for ${lasted} (reported late)`,
      }
    case 'broker':
      return {
        on: 'the MQTT broker cannot be reached',
        still: (lasted) => `the MQTT broker still cannot be reached, for ${lasted}`,
        off: (lasted) => `the MQTT broker is back, after ${lasted}`,
        late: (lasted) => `the MQTT broker could not be reached for ${lasted} (reported late)`,
      }
    case 'flood': {
      const sender = device === '' ? 'an unknown sender' : theSensor(device)
      return {
        on: `${sender} sends too much; some of it is refused`,
        still: (lasted) => `${sender} still sends too much, for ${lasted}`,
        off: (lasted) => `${sender} no longer sends too much, after ${lasted}`,
        late: (lasted) => `${sender} sent too much for ${lasted} (reported late)`,
      }
    }
    case 'message':
      return {
        on: `“${text}”`,
        still: (lasted) => `still “${text}”, for ${lasted}`,
        off: (lasted) => `no more warnings from the sensor, after ${lasted}`,
        late: (lasted) => `“${text}”, for ${lasted} (reported late)`,
      }
    case 'own':
      return {
        on: text,
        still: (lasted) => `${text} (for ${lasted})`,
        off: (lasted) => `back to normal, after ${lasted}`,
        late: (lasted) => `${text} (for ${lasted}, reported late)`,
      }
  }
}

const resolvedOf = (count: number, resolved: number) =>
  resolved === 0 ? '' : resolved === count ? ', all resolved' : `, ${resolved} of them resolved`

export const english: Language = {
  tag: 'en',
  moment: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  duration: {
    days: (count) => plural(count, 'day'),
    hours: (count) => `${count} h`,
    minutes: (count) => `${count} min`,
    seconds: (count) => `${count} s`,
  },
  withUnit: (quantity, unit) => `${quantity} (${unit})`,
  colon: ': ',
  comma: ', ',
  semicolon: '; ',
  phrase,
  ended: {
    'rule-off': (on, rule) => `${on}, but the rule “${rule}” was switched off`,
    'rule-removed': (on, rule) => `${on}, but the rule “${rule}” was removed`,
    'rule-changed': (on, rule) => `${on}, but the rule “${rule}” was changed`,
    forgotten: (on) => `${on}, until it was forgotten`,
    moved: (on) => `${on}, until another device took over`,
  },
  ids: { rooms: 'MQTT name', rules: 'Rule id' },
  titles: {
    alert: (place, value, phrase) => (place === '' ? capital(phrase) : `${spaced(place, value)}: ${phrase}`),
    lateText: (room, text) => `${room === '' ? '' : `${room}: `}“${text}” (sent while the monitor was offline)`,
    several: (count, resolved) =>
      resolved === count ? `${plural(count, 'alert')} resolved` : `${count} alerts${resolvedOf(count, resolved)}`,
    quiet: (count, resolved) => `${plural(count, 'alert')} during quiet hours${resolvedOf(count, resolved)}`,
    summary: (date) => `Daily summary: ${date}`,
    test: 'Test: Hearthwatch can reach you here',
  },
  labels: {
    room: 'Room',
    sensor: 'Sensor',
    rule: 'Rule',
    limit: 'Limit',
    upper: 'Limit',
    lower: 'Lower limit',
    since: 'Since',
    from: 'From',
    until: 'Until',
    lasted: 'Lasted',
    message: 'Message',
    received: 'Received',
    first: 'First',
    last: 'Last',
    lowest: 'lowest',
    mean: 'mean',
    highest: 'highest',
    now: 'last',
    quantity: '',
    alerts: 'Alerts',
    noAlerts: 'No alerts.',
    absent: 'Not seen since',
    missing: 'Lost readings',
    undelivered: 'Not delivered',
    elsewhere: 'Without a room',
    open: 'Open Hearthwatch',
    acknowledge: 'Acknowledge',
    acknowledgeAll: 'Acknowledge all',
  },
  times: (count) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`),
  andMore: (count) => `… and ${count} more.`,
  within: (amount, window) => `${amount} within ${window}`,
  between: (quantity, lowest, highest) => `${quantity} between ${lowest} and ${highest}`,
  absent: (room, device) => (room === '' ? sensor(device) : `${room}: ${sensor(device)}`),
  silent: (lasted) => `No readings for ${lasted}.`,
  lost: (device, count) => `${count} reading${count === '1' ? '' : 's'} of sensor ${device}`,
  undelivered: (channel, count) => `${count} message${count === '1' ? '' : 's'} via ${channel}`,
  spent: (channel, used, perMonth) =>
    `The channel ${channel} has used ${used} of its ${perMonth} messages this month. The last tenth is reserved for critical alerts.`,
  alive: (uptime, readings, size) =>
    `The monitor has been running for ${uptime} and has stored ${readings} readings since. The size of the database is ${size}.`,
  test: (channel) => `This is a test message of the channel ${channel}. Alerts are sent the same way.`,
  zone: (name) => `All times: ${name}`,
  span: (from, to) => `${from} to ${to}`,
}
