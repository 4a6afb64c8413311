/** The lines of a listener whose clients log in by certificate. */
const lines = (folder: string) => [
  '# A client certificate of our authority is required; its name (CN) is the user name, and no password is asked for.',
  `cafile ${folder}/clients-ca.crt`,
  `crlfile ${folder}/clients.crl`,
  'require_certificate true',
  'use_identity_as_username true',
  '',
]

const folder = '/mosquitto/secrets'
const tlsListener = /^listener 8883$/m

/** Requires client certificates on the port with TLS, which is the last listener of our configuration. */
export const withCertificates = (conf: string): string => `${conf.trimEnd()}\n${lines(folder).join('\n')}`

/**
 * Adds a port that requires client certificates to the one with TLS. Docker Compose publishes it instead of the other, which
 * stays for the services inside.
 */
export function withCertificatePort(conf: string): string {
  const listener = conf.slice(tlsListener.exec(conf)?.index)
  return withCertificates(`${conf.trimEnd()}\n\n${listener.replace(tlsListener, 'listener 18883')}`)
}
