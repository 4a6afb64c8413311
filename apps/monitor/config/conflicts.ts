import { accessSync, constants } from 'node:fs'
import { isIP } from 'node:net'
import { parseFollow } from '@hearthwatch/foreign'
import { brokerConflicts } from '@hearthwatch/mqtt'
import { isTimeZone } from '@hearthwatch/settings'
import { addressProblem } from '../backup/remote/address.ts'
import { forwardProblem } from '../forward/registry.ts'
import { cronProblem } from '../nightly/schedule.ts'
import { readAddresses } from '../notify/channels/smtp.ts'
import type { Given } from './settings.ts'

/** Problems that the schema of a single setting cannot show, as sentences. */
export function conflicts(given: Partial<Given>): string[] {
  const problems = brokerConflicts(given)
  const followed = given.FOLLOW === undefined ? [] : parseFollow(given.FOLLOW)
  if (typeof followed === 'string') problems.push(`FOLLOW ${followed}`)
  const forward = given.FORWARD_URL === undefined ? undefined : forwardProblem(given.FORWARD_URL)
  if (forward !== undefined) problems.push(`FORWARD_URL ${forward}`)
  for (const name of ['MQTT_CA_FILE', 'MQTT_CERT_FILE', 'MQTT_KEY_FILE'] as const) {
    const file = given[name]
    try {
      if (file !== undefined) accessSync(file, constants.R_OK)
    } catch (error) {
      problems.push(`${name} cannot be read: ${(error as Error).message}`)
    }
  }
  if (given.MAIL_TO !== undefined && (readAddresses(given.MAIL_TO)?.length ?? 0) === 0)
    problems.push(`MAIL_TO must be mail addresses, separated by commas (it is ${JSON.stringify(given.MAIL_TO)})`)
  if (given.MAIL_FROM !== undefined && readAddresses(given.MAIL_FROM)?.length !== 1)
    problems.push(`MAIL_FROM must be one mail address (it is ${JSON.stringify(given.MAIL_FROM)})`)
  if (given.READER_PASSWORD !== undefined && (given.DASHBOARD_PASSWORD ?? given.READER_PASSWORD) === given.READER_PASSWORD)
    problems.push('READER_PASSWORD needs another DASHBOARD_PASSWORD beside it')
  if (given.TOPIC_PREFIX !== undefined && given.MQTT_URL === undefined)
    problems.push('TOPIC_PREFIX needs MQTT_URL: the embedded broker serves one house')
  if ((given.MQTT_CERT_FILE === undefined) !== (given.MQTT_KEY_FILE === undefined))
    problems.push('MQTT_CERT_FILE and MQTT_KEY_FILE belong together')
  if (given.TZ !== undefined && !isTimeZone(given.TZ))
    problems.push(`TZ is not a time zone (it is ${JSON.stringify(given.TZ)}; an example is Asia/Taipei)`)
  for (const proxy of (given.TRUST_PROXY ?? '').split(',').map((one) => one.trim()))
    if (!isNetwork(proxy))
      problems.push(`TRUST_PROXY must list addresses, networks, loopback or uniquelocal (it has ${JSON.stringify(proxy)})`)
  const address = addressProblem(given.BACKUP_DIR)
  if (address !== undefined) problems.push(`BACKUP_DIR ${address}`)
  const cron = given.SUMMARY_CRON === undefined ? undefined : cronProblem(given.SUMMARY_CRON)
  if (cron !== undefined) problems.push(`SUMMARY_CRON ${cron}`)
  return problems
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits = '0', ...more] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most
}
