import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql'
  return existsSync(root) ? readdirSync(root).map((version) => `${root}/${version}/bin`) : []
}

const programs = {
  // Debian installs it in a folder that is only in the path of root.
  mosquitto: { try: ['mosquitto', '/usr/sbin/mosquitto'], args: ['-h'], hint: 'apt-get install mosquitto' },
  mosquitto_pub: { try: ['mosquitto_pub'], args: ['--version'], hint: 'apt-get install mosquitto-clients' },
  python3: { try: ['/usr/bin/python3', 'python3'], args: ['--version'], hint: 'apt-get install python3' },
  chromium: {
    try: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'],
    args: ['--version'],
    hint: 'apt-get install chromium-headless-shell',
  },
  systemd: { try: ['systemd-analyze'], args: ['--version'], hint: 'apt-get install systemd' },
  caddy: { try: ['caddy'], args: ['version'], hint: 'apt-get install caddy' },
  shellcheck: { try: ['shellcheck'], args: ['--version'], hint: 'apt-get install shellcheck' },
  mtools: { try: ['mtools'], args: ['--version'], hint: 'apt-get install mtools' },
  // Debian installs it in a folder that is only in the path of root.
  mkfs: { try: ['mkfs.vfat', '/usr/sbin/mkfs.vfat'], args: ['--help'], hint: 'apt-get install dosfstools' },
  // It wants its full path.
  sshd: { try: ['/usr/sbin/sshd'], args: ['-V'], hint: 'apt-get install openssh-server' },
  // Debian installs it in a folder of its version, which is in no path.
  postgres: {
    try: ['postgres', ...postgresFolders().map((folder) => `${folder}/postgres`)],
    args: ['--version'],
    hint: 'apt-get install postgresql',
  },
  // The command in the path asks for root.
  rabbitmq: { try: ['/usr/lib/rabbitmq/bin/rabbitmq-server'], args: null, hint: 'apt-get install rabbitmq-server' },
  haproxy: { try: ['/usr/sbin/haproxy'], args: ['-v'], hint: 'apt-get install haproxy' },
  influxd: { try: ['influxd'], args: ['version'], hint: 'apt-get install influxdb' },
  paho: { try: ['python3', '/usr/bin/python3'], args: ['-c', 'import paho.mqtt.client'], hint: 'apt-get install python3-paho-mqtt' },
  dpkg: { try: ['dpkg'], args: ['--version'], hint: 'the suite runs on Debian alone' },
} as const

/**
 * Skips a suite, with a hint how to install the program, if a program is missing that npm does not install.
 * Use it as `describe('…', need('mosquitto'), …)`. With `REQUIRE_ALL=1` the suite fails instead.
 */
export function need(name: keyof typeof programs): { skip: string | false } {
  if (find(name) !== undefined) return { skip: false }
  const message = `${name} is not installed: ${programs[name].hint}`
  if (process.env.REQUIRE_ALL === '1') throw new Error(message)
  return { skip: message }
}

/** The command that starts the program; undefined if it is not installed. */
export function find(name: keyof typeof programs): string | undefined {
  const program = programs[name]
  return program.try.find((command) => {
    if (program.args === null) return existsSync(command)
    try {
      execFileSync(command, program.args, { stdio: 'ignore' })
      return true
    } catch (error) {
      // Mosquitto prints its help and exits with 1 or 3, by version, so it is installed.
      return name.startsWith('mosquitto') && typeof (error as { status?: unknown }).status === 'number'
    }
  })
}
