import { parseArgs } from 'node:util'

export const help = `npm run flash [-- …]

Prepares a card with Raspberry Pi OS Lite (64-bit): put it into a Raspberry Pi, and readings arrive. No keyboard, no ssh and
no internet are needed there. Write the system with Raspberry Pi Imager first, take the card out and put it in again.
At a terminal it asks for what is missing. Running it again with the same card brings the sensor up to date.

  --drive PATH        the card's boot partition (default: the one card that is mounted)
  --image FILE        an image file of a card instead: FILE.img, or FILE.img.xz, which is unpacked to FILE.img first
  --room ROOM         the room of the sensor
  --id ID             its id (default: like the room, or the one that the card has already)
  --probe SENSOR      the sensor at the Pi, can be repeated: ds18b20, dht22, bme280, sht31, mcp9808, cpu, …
                      with its place: ds18b20:17 (GPIO), bme280:0x77 (address). Default: auto, with ds18b20 at GPIO 4
  --probes TEXT       a room for each probe: "w1-28-0316a1b2c3d4=fridge cpu=kitchen"
  --wifi SSID         Wi-Fi; --wifi-password PASSWORD (asked for at a terminal), --country TW
  --hostname NAME     host name of the Pi
  --ssh-key FILE      public ssh key, a file or its text; --user NAME is its user (default: pi)
  --broker HOST       address at which the Pi reaches the broker (default: an address of this machine)
  --package FILE      a .deb that is built already (default: it is built)
  --wait              waits for the first reading and shows it; alone with --id, or after flashing
  --check             reads the install log back from a card and explains it
  --dry-run           shows all changes and writes nothing
  --dir DIR           folder of the installation (default: the current folder)
  --compose           the house runs under Docker Compose (--no-compose: it does not); default: found out
  --help              prints this text`

/** The command line is invalid: exit code 2. */
export class FlashUsageError extends Error {}

export type Options = ReturnType<typeof readOptions>

/** @throws FlashUsageError */
export function readOptions(args: readonly string[]) {
  const one = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ drive: one, image: one, room: one, id: one, probe: { type: 'string', multiple: true }, probes: one },
        ...{ wifi: one, 'wifi-password': one, country: one, hostname: one, 'ssh-key': one, user: one, broker: one, package: one },
        ...{ wait: flag, check: flag, 'dry-run': flag, dir: one, compose: flag, 'no-compose': flag, help: { type: 'boolean', short: 'h' } },
      },
    })
    return values
  } catch (error) {
    throw new FlashUsageError((error as Error).message)
  }
}
