import { connect } from 'node:net'
import type { Secrets } from './installation.ts'
import type { Report } from './report.ts'
import type { SetupRequest } from './setup-request.ts'

/** Kind of installation, on which the commands to type depend. */
type Where = 'clone' | 'containers'

const setup: Record<Where, string> = { clone: 'npm run setup --', containers: 'docker compose run --rm setup' }

/** The message after a run: each file with its outcome, and the next step. It contains no secret. */
export async function describeReport({ steps, reload, brokerPort }: Report, request: SetupRequest, where: Where): Promise<string> {
  const width = Math.max(...steps.map(({ file }) => file.length))
  const lines = steps.map(({ outcome, file, what }) => `  ${outcome.padEnd(9)}  ${file.padEnd(width)}  ${what}`.trimEnd())
  const paragraphs = [lines.join('\n'), next(request, where), ...(reload ? [await howToReload(where, brokerPort)] : [])]
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

function next({ added }: SetupRequest, where: Where): string {
  if (added === undefined)
    return where === 'clone'
      ? `Next: run npm start, and npm run sensor in another terminal. ${setup.clone} show prints the passwords.`
      : `${setup.containers} show prints the passwords.`
  const tls = /^(mqtts|wss):/.test(added.broker ?? '')
  if (where === 'clone') {
    const authority = tls ? ', and mosquitto/certs/ca.crt as ca.crt' : ''
    return `Next: copy .env.sensor.${added.id} to the sensor's machine as .env.sensor${authority}.`
  }
  const authority = tls ? `, and\n  ${setup.containers} show ca > ca.crt` : ''
  return `Next: copy the output to the sensor's machine:\n  ${setup.containers} show ${added.id} > .env.sensor${authority}`
}

async function howToReload(where: Where, port: number): Promise<string> {
  if (where === 'containers') return 'If the broker is running, make it read its new files: docker compose kill -s HUP broker'
  if (!(await answers(port)) && !(await answers(8883))) return ''
  return [
    'A broker is running on this machine. It reads its new files on SIGHUP; connections stay open:',
    '  embedded broker    kill -HUP with the process id of the monitor',
    '  Mosquitto          systemctl reload mosquitto',
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
