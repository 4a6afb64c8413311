import type { TopicName } from '@hearthwatch/protocol/table'
import type { LevelKind } from './filter.ts'

const kinds: Record<TopicName, string> = {
  reading: 'A live reading: the value that a sensor measures now. The broker retains the last one for later subscribers.',
  alert: 'A sentence for people, published by a sensor when its own limit is crossed.',
  status: 'The status of the sensor in this room. If its connection is lost, the broker publishes “offline” for it: its last will.',
  deviceStatus: 'The status of this device. If its connection is lost, the broker publishes “offline” for it: its last will.',
  heartbeat: 'The health of a device: processor, memory, temperature, Wi-Fi, readings in its outbox.',
  sharedHeartbeat: 'The health of a device, with its id in the payload.',
  info: 'The description of a device, published with each connection before its first reading.',
  readings: 'A batch of readings from a device’s outbox, numbered so that none gets lost. The monitor acknowledges it on “ack”.',
  ack: 'The monitor’s acknowledgement of a batch: everything up to this number is stored. The device can now delete it.',
  config: 'The desired settings of the device. The broker retains them, so that they also reach a sleeping device.',
  command: 'A command that the device executes once. QoS 2, because twice would be wrong.',
  response: 'The device’s response to settings or a command.',
  monitorStatus: 'The status of the monitor. It receives its own message back after all queued messages, so it knows that none is left.',
  problem: 'ON while an alert of the room is firing. Home Assistant’s automations use it.',
  diagnostics: 'The number of readings that wait in sensors, and of those that are lost.',
}

const levels: Record<LevelKind, string> = {
  all: 'everything except the broker’s own topics, which begin with $',
  word: 'exactly this',
  one: 'any one level',
  rest: 'everything below, and the level above itself',
  empty: 'an empty level between two slashes',
  system: 'topics that begin with $ are the broker’s own; wildcards at the start leave them out',
  mixed: 'invalid: + and # must stand alone between slashes',
  'not-last': 'invalid: # must be the last level',
}

const readings = (count: string) => (count === '1' ? '1 reading' : `${count} readings`)

/** Verdicts of the monitor; some have a detail after a colon. */
const verdicts: Record<string, { short: string; long: (detail: string) => string }> = {
  shown: { short: 'shown', long: () => 'Shown on the tile of its room at once.' },
  old: {
    short: 'retained',
    long: () => 'A retained value: it fills an empty tile, but is neither a new reading nor a reason for an alert.',
  },
  held: {
    short: 'deferred for 2 s',
    long: () =>
      'A new topic. The reading is deferred for 2 s: if a device with an outbox claims the topic, its batch contains the same reading.',
  },
  stored: {
    short: 'stored',
    long: (count) => (count === '' ? 'Stored in the database.' : `${readings(count)} stored in the database.`),
  },
  recorded: {
    short: 'left to the batch',
    long: () => 'Not stored now: the device has an outbox, and a batch brings this reading with its number.',
  },
  repeat: {
    short: 'repeat',
    long: (count) =>
      count === '' ? 'Stored already; a repeat is stored once.' : `${readings(count)} stored already or unusable; none is stored twice.`,
  },
  judged: { short: 'evaluated', long: () => 'Evaluated by the rules: it may raise or resolve an alert.' },
  left: {
    short: 'left to the batch',
    long: () => 'It would end an alert. Anyone may have published it, so only a batch of the device ends that alert.',
  },
  late: { short: 'late', long: () => 'Older than ten minutes, or queued at the broker: stored, but not evaluated as current.' },
  status: { short: 'status', long: (status) => `The device is shown as ${status}.` },
  alive: { short: 'seen', long: () => 'The device counts as seen now, and its offline timeout starts again.' },
  claimed: { short: 'claimed', long: () => 'The device and its topics are known from now on.' },
  refused: { short: 'claims refused', long: () => 'The device may not claim all of its topics. The page of the device lists them.' },
  shared: {
    short: 'no proof',
    long: () => 'The device publishes its own heartbeats. Anyone may publish on the shared topic, so this proves nothing.',
  },
  ours: {
    short: 'known already',
    long: () => 'A text of a known sensor. The monitor’s rules evaluate the same reading, so no second notification is sent.',
  },
  told: { short: 'notified', long: () => 'Notifications are sent by the configured channels.' },
  answered: { short: 'answered', long: (answer) => `Acknowledged on “ack”: ${answer}` },
  ahead: {
    short: 'not yet',
    long: () =>
      'Neither stored nor acknowledged: the device’s clock is days ahead of the monitor’s, which may not be set yet. The device sends it again.',
  },
  skipped: {
    short: 'not processed',
    long: () => 'The monitor is too busy. A newer packet or a batch has the same content, so nothing is lost.',
  },
  clearing: { short: 'cleared', long: () => 'The monitor’s own empty message, which clears the retained message of the broker.' },
  greeting: {
    short: 'greeting',
    long: () => 'The monitor’s own status, received back: all messages queued at the broker arrived before it.',
  },
  'left-out': { short: 'field left out', long: (field) => `Accepted without a wrong field, which is counted: ${field}` },
  rejected: { short: 'rejected', long: (reason) => `Rejected and counted: ${reason}` },
}

const answers: Record<string, string> = {
  ack: 'everything up to this number is stored.',
  rewind: 'rows before it are missing; the device sends again from after this number.',
  fork: 'these numbers were used for other readings before; the device begins a new epoch.',
  bad: 'the batch is malformed; the device sends fewer rows at a time.',
}

const reasons: Record<string, string> = {
  empty: 'it is empty.',
  'too-large': 'it is too large.',
  'not-a-number': 'it is not a number.',
  'not-finite': 'it is not a finite number.',
  'out-of-range': 'it is outside the possible range.',
  'bad-json': 'its JSON is malformed or has wrong fields.',
  'bad-name': 'a name in it is invalid.',
  'bad-unit': 'its stated unit is not one that can be converted.',
  'not-its-room': 'the room is not one of the device’s.',
  'bad-time': 'its time is before 2024 or more than a day ahead.',
  'bad-text': 'it is not UTF-8 text.',
  'bad-status': 'it is neither online nor offline.',
  'bad-batch': 'it breaks the rules of batches.',
  'too-many-rooms': 'its sender names too many rooms.',
  'too-many-series': 'its sender has too many quantities.',
  'too-many-devices': 'there are too many devices.',
  'too-fast': 'its sender sends too much; it may send it again later.',
  'not-introduced': 'its device has not published its info yet; it does so, and sends again.',
  'same-time': 'too many readings have this time.',
  'bad-zlib': 'it cannot be decompressed.',
  'bad-topic': 'it is not a known topic.',
  retained: 'a batch must not be retained.',
}

export const english = {
  text: 'All packets between the monitor and the broker, live. Tap one to see its parts.',
  filter: 'Topic filter',
  filterHint: 'The names between the slashes are levels. + matches any one level, # everything below.',
  presets: 'Examples',
  presetNames: {
    '#': 'everything',
    'home/#': 'all rooms',
    'home/+/temperature': 'every temperature',
    'home/+/sensor/status': 'status of sensors',
    'device/+/readings': 'batches',
    'device/+/ack': 'acknowledgements',
    'device/+/heartbeat': 'heartbeats',
  },
  levels,
  emptyFilter: 'A filter is not empty: # stands for everything.',
  showsLast: (filter: string) => `Still shown: ${filter}`,
  halt: 'Pause',
  goOn: 'Resume',
  goOnWith: (count: string) => `Resume, ${count} new`,
  clear: 'Clear',
  states: { connecting: 'Connecting …', live: 'Live', lost: 'The monitor does not answer. Retrying …' },
  halted: 'Paused',
  missed: (count: string) => `${count} packets were left out: at most 200 a second are shown.`,
  nothing: 'No packets so far. Sensors usually publish every ten seconds.',
  nothingHere: 'No packet matches this filter so far.',
  list: 'Packets, the newest first',
  in: 'received',
  out: 'published by the monitor',
  retained: 'retained',
  again: 'DUP',
  waited: 'queued',
  bytes: (count: string) => `${count} B`,
  topic: 'Topic',
  kinds,
  unknownKind: 'Not a topic of the protocol.',
  payload: 'Payload',
  noPayload: 'Empty. On a retained topic this clears the retained message.',
  cut: 'Only the beginning is shown.',
  hex: 'Not text; each pair is one byte.',
  zlib: (packed: string, unpacked: string) =>
    `Compressed with zlib: ${packed} bytes on the wire, ${unpacked} decompressed. Shown decompressed.`,
  qosName: 'QoS',
  qos: [
    'At most once: sent without acknowledgement. The next reading follows soon, and a repeated old one would be wrong.',
    'At least once: sent again until it is acknowledged, so it can arrive twice.',
    'Exactly once: four packets instead of one ensure that.',
  ],
  qosNote: 'The QoS between broker and monitor; the publisher’s may have been higher.',
  retainName: 'Retain',
  retain: {
    inSet: 'Set: the broker had retained this message and sends it to new subscribers. It is not current.',
    inClear: 'Not set: it is new. Existing subscribers receive a message to retain without the flag.',
    outSet: 'Set: the broker retains it for later subscribers.',
    outClear: 'Not set: only current subscribers receive it.',
  },
  dupName: 'DUP',
  dup: { set: 'Set: it was sent before without an acknowledgement.', clear: 'Not set: it is sent for the first time.' },
  sizeName: 'Size',
  size: (bytes: string) => `${bytes} bytes on the wire:`,
  parts: { header: 'header', topic: 'topic', identifier: 'packet identifier', payload: 'payload' },
  sizeNote: 'TCP and TLS are not included.',
  verdictName: 'Outcome',
  noVerdict: 'The monitor published it.',
  verdictOpen: 'None yet.',
  verdicts,
  answers,
  reasons,
}
