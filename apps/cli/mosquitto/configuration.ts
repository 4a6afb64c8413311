import { SetupError } from '../setup-request.ts'

/** Options that Mosquitto accepts once among all its files. */
const single = ['persistence_location', 'pid_file', 'persistence_file'] as const

/** Options that decide who may log in, which two files cannot decide differently. */
const access = ['allow_anonymous', 'password_file', 'acl_file', 'per_listener_settings', 'psk_file', 'plugin', 'auth_plugin']

/** A file of Mosquitto's configuration. */
export interface ConfigurationFile {
  name: string
  text: string
}

/**
 * Our configuration for a Mosquitto that has files already, such as Debian's. It leaves out what those set. Our files are in
 * `folder`, and the port without TLS is open to this machine alone.
 * @param ours the text of `mosquitto/mosquitto.conf`
 * @param others its other files
 * @throws SetupError if another file decides who may log in, or listens on one of our ports
 */
export function configurationBeside(ours: string, others: readonly ConfigurationFile[], folder: string): string {
  const theirs = others.flatMap(({ name, text }) => optionsOf(text).map((option) => ({ ...option, name })))
  const decides = theirs.find(({ key }) => access.includes(key))
  if (decides !== undefined)
    throw new SetupError(
      `${decides.name} has the line "${decides.line}": it decides who may log in, and so does Hearthwatch. Take the line out, or keep that broker as it is and ` +
        'give the monitor a login there (docs/operations.md).',
    )
  const ports = optionsOf(ours).flatMap(({ key, value }) => (key === 'listener' ? [value.split(/\s+/)[0]] : []))
  const listens = theirs.find(({ key, value }) => (key === 'listener' || key === 'port') && ports.includes(value.split(/\s+/)[0]))
  if (listens !== undefined)
    throw new SetupError(`${listens.name} has the line "${listens.line}": that port is also ours. Take the line out.`)
  const set = new Set(theirs.map(({ key }) => key))
  const kept = ours
    .split('\n')
    .filter((line) => {
      const key = optionsOf(line)[0]?.key
      if (key === undefined) return true
      // Debian's main file names a log file. In a service, stdout is written in blocks, hours late.
      if (key === 'log_dest') return false
      return !(single.includes(key as (typeof single)[number]) && set.has(key))
    })
    .map((line) => line.replace(/^listener 1883$/, 'listener 1883 127.0.0.1').replace('/mosquitto/secrets', folder))
  return `# Made by npm run setup -- mosquitto, which writes it again.\n${kept.join('\n')}`
}

function optionsOf(text: string): { key: string; value: string; line: string }[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim()
    const [key = '', ...rest] = line.split(/\s+/)
    return line === '' || line.startsWith('#') ? [] : [{ key, value: rest.join(' '), line }]
  })
}
