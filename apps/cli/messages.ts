import { connect } from 'node:net'
import type { Secrets } from './house.ts'
import type { Report } from './report.ts'
import type { SetupRequest } from './setup-request.ts'

/** Where the house's files lie decides what a person has to type. */
type Where = 'clone' | 'containers'

const setup: Record<Where, string> = { clone: 'npm run setup --', containers: 'docker compose run --rm setup' }

/** What was done and what comes next; nothing in it is secret. */
export async function tellMade({ steps, reload, brokerPort }: Report, request: SetupRequest, where: Where): Promise<string> {
  const width = Math.max(...steps.map(({ file }) => file.length))
  const lines = steps.map(({ outcome, file, what }) => `  ${outcome.padEnd(9)}  ${file.padEnd(width)}  ${what}`.trimEnd())
  const paragraphs = [lines.join('\n'), next(request, where), ...(reload ? [await howToReload(where, brokerPort)] : [])]
  return `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`
}

/** The passwords that people need. */
export function tellSecrets({ page, port, guest, sensors }: Secrets, where: Where): string {
  const names = sensors.map(({ id, room }) => `${id} (${room})`).join(', ')
  return [
    `The page's password     ${page}`,
    `The user guest's        ${guest}`,
    `Sensors                 ${names || 'none yet'}`,
    '',
    `The page is on http://127.0.0.1:${port}${where === 'clone' ? ' while npm start runs' : ''}.`,
    '',
  ].join('\n')
}

function next({ added }: SetupRequest, where: Where): string {
  if (added === undefined)
    return where === 'clone'
      ? `Next: npm start, and npm run sensor beside it. ${setup.clone} show prints the passwords that people need.`
      : `${setup.containers} show prints the passwords that people need.`
  const tls = /^(mqtts|wss):/.test(added.broker ?? '')
  if (where === 'clone') {
    const authority = tls ? ', and mosquitto/certs/ca.crt as ca.crt' : ''
    return `Next: take .env.sensor.${added.id} to the sensor's machine as .env.sensor${authority}.`
  }
  const authority = tls ? `, and\n  ${setup.containers} show ca > ca.crt` : ''
  return `Next: give the sensor's machine what these print:\n  ${setup.containers} show ${added.id} > .env.sensor${authority}`
}

async function howToReload(where: Where, port: number): Promise<string> {
  if (where === 'containers') return 'If the broker runs already, it takes over its new files by: docker compose kill -s HUP broker'
  if (!(await answers(port)) && !(await answers(8883))) return ''
  return [
    'A broker is running on this machine. It takes over its new files on SIGHUP, without a break:',
    '  the one inside the monitor    kill -HUP with the pid of npm start’s node',
    '  Mosquitto                     systemctl reload mosquitto',
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
