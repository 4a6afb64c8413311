import type { Words } from './words.ts'

const mb = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`

export const en: Words = {
  isDietPi: (name) =>
    `${name} is a card with DietPi. Write Raspberry Pi OS Lite (64-bit) to it with Raspberry Pi Imager, and run this again.`,
  isNoPiCard: (name) =>
    `${name} is not the boot partition of a Raspberry Pi card: config.txt or cmdline.txt is missing. Write Raspberry Pi OS Lite (64-bit) to the card with Raspberry Pi Imager, take it out and put it in again.`,
  is32Bit: (name) =>
    `${name} is a card with the 32-bit Raspberry Pi OS. The sensor needs the 64-bit one: choose "Raspberry Pi OS Lite (64-bit)" in Raspberry Pi Imager.`,
  isNoPiOs: (name) =>
    `${name} is no card with Raspberry Pi OS: its 64-bit kernel (kernel8.img) is missing. Write Raspberry Pi OS Lite (64-bit) to it.`,
  hasBootcmd: (key, line) =>
    `The card's user-data has its own "${key}:", which would replace ours. Either delete it there, or add this line to its bootcmd and run this again:\n  - ${line}`,
  hasVendorData: (name) => `${name} has a vendor-data file that is not ours. Delete it, or write the card anew.`,
  noCard:
    'No Raspberry Pi card is mounted. Put it in (after writing Raspberry Pi OS Lite 64-bit to it), or name its boot partition with --drive PATH, or an image file with --image FILE.',
  manyCards: (names) => `There are several cards. Choose one with --drive:\n${names.map((name) => `  --drive ${name}`).join('\n')}`,
  whichCard: 'Which card?',
  noRoom: 'Give the room of the sensor: --room kitchen',
  askRoom: 'Room of the sensor',
  askProbe: 'Sensor at the Pi (ds18b20, dht22, bme280, … or auto)',
  askWifi: 'Name of the Wi-Fi (empty: network cable, or Wi-Fi already set in Imager)',
  askWifiPassword: 'Password of the Wi-Fi (it is not shown; the card gets only its hash)',
  askCountry: 'Country of the Wi-Fi, two letters such as TW or NO',
  needsCountry: 'A Pi keeps its Wi-Fi off until it knows the country: add --country TW (two letters).',
  needsWifiPassword:
    'Give the password of the Wi-Fi: --wifi-password (empty for an open network), or run this in a terminal, which asks for it.',
  wrongWifiPassword: 'The password of a Wi-Fi has 8 to 63 characters.',
  wrongSsid: 'The name of a Wi-Fi has 1 to 32 bytes.',
  wrongCountry: 'A country has two letters, such as TW or NO.',
  wrongHostname: 'A host name has 1 to 63 letters, digits or "-".',
  wrongKey: 'This is no public ssh key. It begins with ssh-ed25519 or ssh-rsa; --ssh-key takes its file or its text.',
  wrongProbe: (text, known) =>
    `${JSON.stringify(text)} is no known sensor. Known are: ${known.join(', ')}. A place may follow: ds18b20:17 (GPIO), bme280:0x77 (address).`,
  full: (needed, free) => `The card is full: ${mb(needed)} are needed on its boot partition, ${mb(free)} are free.`,
  card: (name, starter) => `Card: ${name} (Raspberry Pi OS, 64-bit, started by ${starter})`,
  unpacking: 'Unpacking the image',
  packaging: 'Making the package',
  account: 'Making the login at the broker',
  writing: 'Writing',
  verifying: 'Reading back',
  notHeld: (path) => `The card has not kept ${path}: it is worn or fake. Use another card.`,
  wouldWrite: (path, bytes) => `write   ${path} (${bytes} bytes)`,
  wouldDelete: (path) => `delete  ${path}`,
  wouldAdd: (id, room) => `setup   sensor add ${room} --id ${id}`,
  secret: '(secret)',
  dryRun: 'Nothing was written (--dry-run).',
  upgrade: (id) => `The card has the sensor ${id} already: it is brought up to date.`,
  keptUserData:
    'The card was customised with Imager: its host name, user and ssh settings stay as they are; --hostname and --ssh-key are not used.',
  done: (id, room, broker) => `The card is ready: the sensor ${id} in ${room} will send to ${broker}.`,
  next: (isMounted) => [
    isMounted
      ? 'Eject the card in your system, so that all is written, and take it out.'
      : 'Write the image to a card, for example with Raspberry Pi Imager ("Use custom").',
    'Put it into the Raspberry Pi and connect the power.',
    'The first reading comes after some minutes. npm run flash -- --wait shows it.',
    'If none comes, put the card back into this computer: npm run flash -- --check says why.',
  ],
  plain: (broker) => `${broker} has no TLS: everyone in the network can read the password.`,
  noBroker: (broker) =>
    `Nothing answers at ${broker} yet. Start the monitor (npm start, or docker compose up) and let port 8883 through the firewall; else give another address with --broker.`,
  reload: (commands) => `Make the running broker read its files again:\n${commands.map((command) => `  ${command}`).join('\n')}`,
  stopped: 'Stopped. The card boots as before; run this again to finish.',
  waiting: (id) => `Waiting for the first reading of ${id} (Ctrl-C ends the waiting only)`,
  firstReading: (id, room, values) => `The first reading of ${id} in ${room} has arrived: ${values}`,
  noReading: (minutes) =>
    `No reading has come within ${minutes} minutes. Put the card back into this computer: npm run flash -- --check says why.`,
  noMonitor: (url) => `The monitor at ${url} cannot be asked. Is npm start or docker compose up running?`,
  noLog:
    'The card was flashed, but has never started in a Raspberry Pi: there is no install log. Is the power supply strong enough, and the card in all the way?',
  never: 'The card has no sensor of Hearthwatch: npm run flash writes it.',
  log: 'Install log of the card:',
  ready:
    'The sensor was installed. If no reading comes, it does not reach the broker: is the Wi-Fi right, is the broker running, does the router let them meet?',
  failed: (line) => `The installation failed: ${line}`,
  unfinished: 'The installation began and did not end: the power was cut, or the Pi still works on it. Start it once more.',
}
