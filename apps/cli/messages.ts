import { connect } from 'node:net'
import type { Secrets } from './installation/installation.ts'
import type { Report } from './report.ts'

/** Kind of installation, on which the commands to type depend. */
type Where = 'clone' | 'containers' | 'package'

const setup: Record<Where, string> = {
  clone: 'npm run setup --',
  containers: 'docker compose run --rm setup',
  package: 'sudo hearthwatch-monitor setup',
}

/** The message after a run: each file with its outcome, and the next step. It contains no secret. */
export async function describeReport({ steps, reload, brokerPort }: Report, where: Where): Promise<string> {
  const width = Math.max(...steps.map(({ file }) => file.length))
  const lines = steps.map(({ outcome, file, what }) => `  ${outcome.padEnd(9)}  ${file.padEnd(width)}  ${what}`.trimEnd())
  const paragraphs = [lines.join('\n'), next(where), ...(reload ? [await howToReload(where, brokerPort)] : [])]
  return `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`
}

/** The message with the passwords for people. */
export function describeSecrets({ page, port, guest, sensors }: Secrets, where: Where): string {
  const names = sensors.map(({ id, room }) => `${id} (${room})`).join(', ')
  return [
    `Password of the page    ${page}`,
    `Password of guest       ${guest}`,
    `Sensors                 ${names || 'none yet'}`,
    '',
    `The page is on http://127.0.0.1:${port}${where === 'clone' ? ' while npm start runs' : ''}.`,
    '',
  ].join('\n')
}

function next(where: Where): string {
  return where === 'clone'
    ? `Next: run npm start, and npm run sensor in another terminal. ${setup.clone} show prints the passwords.`
    : `${setup.containers} show prints the passwords.`
}

async function howToReload(where: Where, port: number): Promise<string> {
  if (where === 'containers') return 'If the broker is running, make it read its new files: docker compose kill -s HUP broker'
  if (!(await answers(port)) && !(await answers(8883))) return ''
  return [
    'A broker is running on this machine. The embedded one has read its new files; connections stay open.',
    'Mosquitto reads them on SIGHUP: systemctl reload mosquitto',
  ].join('\n')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 500 })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
