import { execFileSync } from 'node:child_process'

const programs = {
  // Debian keeps it where only root looks for programs.
  mosquitto: { try: ['mosquitto', '/usr/sbin/mosquitto'], args: ['-h'], hint: 'apt-get install mosquitto' },
  chromium: { try: ['chromium', 'chromium-browser', 'google-chrome'], args: ['--version'], hint: 'apt-get install chromium' },
  paho: { try: ['python3', '/usr/bin/python3'], args: ['-c', 'import paho.mqtt.client'], hint: 'apt-get install python3-paho-mqtt' },
} as const

/**
 * A program that a suite needs and that npm does not bring. Use it as `describe('…', need('mosquitto'), …)`:
 * where the program is missing the suite is skipped by name with the hint how to install it, and with
 * `REQUIRE_ALL=1` it fails instead.
 */
export function need(name: keyof typeof programs): { skip: string | false } {
  if (find(name) !== undefined) return { skip: false }
  const message = `${name} is not installed: ${programs[name].hint}`
  if (process.env.REQUIRE_ALL === '1') throw new Error(message)
  return { skip: message }
}

/** The command that starts the program; undefined where it is not installed. */
export function find(name: keyof typeof programs): string | undefined {
  const program = programs[name]
  return program.try.find((command) => {
    try {
      execFileSync(command, program.args, { stdio: 'ignore' })
      return true
    } catch (error) {
      // Mosquitto prints its help and exits 1 or 3, by version: it ran, so it is there all the same.
      return name === 'mosquitto' && typeof (error as { status?: unknown }).status === 'number'
    }
  })
}
