import type { TopicName } from '@hearthwatch/protocol/table'
import type { LevelKind } from './filter.ts'

const kinds: Record<TopicName, string> = {
  reading: 'A live reading: what a sensor measures now. The broker keeps the last one for whoever subscribes later.',
  alert: 'A sentence for people, said by a sensor when its own limit is crossed.',
  status: 'Whether the sensor of this room is there. When it vanishes, the broker says “offline” for it: its last will.',
  deviceStatus: 'Whether this device is there. When it vanishes, the broker says “offline” for it: its last will.',
  heartbeat: 'How a device is: processor, memory, temperature, Wi-Fi, what waits in its outbox.',
  sharedHeartbeat: 'How a device is; it names itself inside.',
  info: 'What a device is: it introduces itself with each connection, before its first reading.',
  readings: 'The record: readings from a device’s outbox, with numbers, so that none gets lost. The monitor answers on “ack”.',
  ack: 'The monitor’s answer to the record: up to this number everything is stored. Only now may the device forget it.',
  config: 'Settings that somebody wants the device to have. Kept by the broker, so that it also reaches a device that sleeps.',
  command: 'Something that the device shall do once. At QoS 2, because twice would be wrong.',
  response: 'What the device says to settings or a command.',
  monitorStatus: 'Whether the monitor is there. Its own greeting comes back to it, and so it knows that nothing old is waiting any more.',
}

const levels: Record<LevelKind, string> = {
  all: 'everything; only the broker’s own topics, which begin with $, are left out',
  word: 'exactly this',
  one: 'any one level, whatever it is called',
  rest: 'everything below, however deep, and the level above itself',
  empty: 'an empty level: nothing stands between the slashes',
  system: 'topics that begin with $ are the broker’s own; wildcards at the start leave them out',
  mixed: '+ and # stand alone between slashes, so this is none',
  'not-last': '# stands only at the end: behind it nothing more can follow',
}

const readings = (count: string) => (count === '1' ? '1 reading' : `${count} readings`)

/** Verdicts of the monitor; some have a detail after a colon. */
const verdicts: Record<string, { short: string; long: (detail: string) => string }> = {
  shown: { short: 'shown', long: () => 'Shown on the tile of its room at once.' },
  old: { short: 'old news', long: () => 'Old news: it fills an empty tile, and is neither a new reading nor a reason for an alert.' },
  held: {
    short: 'held for 2 s',
    long: () =>
      'Nobody has ever sent on this topic. It waits 2 s, in case a device introduces itself whose record will bring the same reading: it would be there twice.',
  },
  stored: {
    short: 'stored',
    long: (count) => (count === '' ? 'Stored in the database.' : `${readings(count)} of it stored in the database.`),
  },
  recorded: {
    short: 'left to the record',
    long: () => 'Not stored now: the device keeps a record, and the record brings this reading with its number.',
  },
  repeat: {
    short: 'repeat',
    long: (count) =>
      count === ''
        ? 'It was there already, and is stored once.'
        : `${readings(count)} of it there already, or of no use; none is stored twice.`,
  },
  judged: { short: 'judged', long: () => 'Compared with the rules: it may begin an alert or end one.' },
  late: { short: 'late', long: () => 'Older than ten minutes, or it had waited at the broker: stored, and not judged as now.' },
  status: { short: 'status', long: (status) => `The device is shown as ${status}.` },
  alive: { short: 'sign of life', long: () => 'A sign of life: the clock that measures silence begins anew.' },
  claimed: { short: 'introduced', long: () => 'The device and its topics are known from now on.' },
  ours: {
    short: 'known already',
    long: () => 'A sensor of our own says this; the rules of the monitor judge the same reading, so nobody is told twice.',
  },
  told: { short: 'told', long: () => 'People are told, by the ways that are set up.' },
  answered: { short: 'answered', long: (answer) => `Answered on “ack”: ${answer}` },
  ahead: {
    short: 'not yet',
    long: () => 'Not taken and not answered: the device is days ahead of the monitor, whose clock may not be set yet. It comes again.',
  },
  clearing: { short: 'cleared', long: () => 'The monitor’s own empty message, by which the broker forgets what it kept here.' },
  greeting: {
    short: 'greeting',
    long: () => 'The monitor’s own greeting, come back: all that had waited at the broker has come before it.',
  },
  rejected: { short: 'rejected', long: (reason) => `Rejected and counted, and nothing more happens: ${reason}` },
}

const answers: Record<string, string> = {
  ack: 'everything up to this number is kept.',
  rewind: 'rows are missing before it; the device shall begin again behind this number.',
  fork: 'these numbers were used for other readings before; the device begins a new record.',
  bad: 'it breaks the agreement, and the device sends less of it at a time.',
}

const reasons: Record<string, string> = {
  empty: 'it is empty.',
  'too-large': 'it is too large.',
  'not-a-number': 'it is no number.',
  'not-finite': 'it is no finite number.',
  'out-of-range': 'no sensor can have measured this.',
  'bad-json': 'it is not the JSON that it should be.',
  'bad-name': 'a name in it is none.',
  'bad-time': 'its time is before 2024 or more than a day ahead.',
  'bad-text': 'it is not UTF-8 text.',
  'bad-status': 'it is neither online nor offline.',
  'bad-batch': 'it breaks the rules of the record.',
  'bad-zlib': 'it cannot be unpacked.',
  'bad-topic': 'this is no topic of the house.',
  retained: 'the record must not be retained.',
}

export const english = {
  text: 'Every packet that the monitor hears from the broker and sends to it, as it happens. Tap one to see what it is made of.',
  filter: 'Topic filter',
  filterHint: 'The names between the slashes are levels. + stands for any one of them, # for everything below.',
  presets: 'Examples',
  presetNames: {
    '#': 'everything',
    'home/#': 'all rooms',
    'home/+/temperature': 'every temperature',
    'home/+/sensor/status': 'who is there',
    'device/+/readings': 'the record',
    'device/+/ack': 'answers to it',
    'device/+/heartbeat': 'heartbeats',
  },
  levels,
  emptyFilter: 'A filter is not empty: # stands for everything.',
  showsLast: (filter: string) => `Still shown: ${filter}`,
  halt: 'Halt',
  goOn: 'Go on',
  goOnWith: (count: string) => `Go on, ${count} new`,
  clear: 'Clear',
  states: { connecting: 'Connecting …', live: 'Live', lost: 'The monitor does not answer; the page goes on trying.' },
  halted: 'Halted: the list stands still, so that you can read.',
  missed: (count: string) => `${count} packets were left out: at most 200 a second are shown.`,
  nothing: 'Nothing has come yet. Sensors usually say something every ten seconds.',
  nothingHere: 'None of the packets so far matches this filter.',
  list: 'Packets, the newest first',
  in: 'heard',
  out: 'sent by the monitor',
  retained: 'retained',
  again: 'DUP',
  waited: 'had waited',
  bytes: (count: string) => `${count} B`,
  topic: 'Topic',
  kinds,
  unknownKind: 'No topic of the house’s agreement.',
  payload: 'Payload',
  noPayload: 'Empty. On a retained topic that means: forget what you kept here.',
  cut: 'Only the beginning is shown.',
  hex: 'This is no text; each pair is a byte.',
  zlib: (packed: string, unpacked: string) => `Packed with zlib: ${packed} bytes on the wire, ${unpacked} unpacked. Shown unpacked.`,
  qosName: 'QoS',
  qos: [
    'At most once: sent and forgotten. The next reading is on its way, and an old one repeated would be wrong rather than late.',
    'At least once: it is sent again until its receipt is confirmed, so it can come twice.',
    'Exactly once: four packets instead of one make sure of that.',
  ],
  qosNote: 'This is the QoS on the way shown here; the sender’s may have been higher.',
  retainName: 'Retain',
  retain: {
    inSet: 'Set: the broker had kept this message and hands it to whoever subscribes. It is old news.',
    inClear:
      'Not set: it is fresh. What the sender wished the broker to keep comes fresh to those who listen already, with the flag cleared.',
    outSet: 'Set: the broker keeps it and hands it to whoever subscribes later.',
    outClear: 'Not set: only who listens now hears it.',
  },
  dupName: 'DUP',
  dup: { set: 'Set: it was sent before, and nobody had confirmed it.', clear: 'Not set: it is sent for the first time.' },
  sizeName: 'Size',
  size: (bytes: string) => `${bytes} bytes on the wire:`,
  parts: { header: 'header', topic: 'topic', identifier: 'packet number', payload: 'payload' },
  sizeNote: 'TCP, and TLS where it is used, come on top.',
  verdictName: 'What the monitor made of it',
  noVerdict: 'The monitor has sent it itself.',
  verdictOpen: 'Nothing yet.',
  verdicts,
  answers,
  reasons,
}
