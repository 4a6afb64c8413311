import { type ChannelUrl, readUrl, UrlMistake } from '../../notify/channels/url.ts'

/** `sftp://user:password@host:port/path`, or `s3://key:secret@host:port/bucket/prefix?region=…` */
export interface RemoteAddress extends ChannelUrl {
  scheme: 'sftp' | 's3' | 's3+http'
}

export const isRemote = (text: string): boolean => /^(sftp|s3|s3\+http):\/\//i.test(text)

/**
 * Reads the address of a place on another machine.
 * @throws UrlMistake whose message is a sentence without its subject, and without secrets
 */
export function readAddress(text: string): RemoteAddress {
  const url = readUrl(text)
  const scheme = url.scheme as RemoteAddress['scheme']
  if (url.host === '') throw new UrlMistake('has no host name')
  if (scheme === 'sftp' && url.user === '') throw new UrlMistake('has no user: sftp://user@host/path')
  if (scheme === 'sftp' && url.path.length === 0) throw new UrlMistake('has no folder: sftp://user@host/path')
  if (scheme !== 'sftp' && (url.user === '' || url.password === ''))
    throw new UrlMistake('has no access key with its secret: s3://KEY:SECRET@host/bucket')
  if (scheme !== 'sftp' && url.path.length === 0) throw new UrlMistake('has no bucket: s3://KEY:SECRET@host/bucket')
  return { ...url, scheme }
}

/** The mistake in a value of BACKUP_DIR, as a sentence without its subject; undefined: none. */
export function addressProblem(text: string | undefined): string | undefined {
  if (text === undefined || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return undefined
  if (!isRemote(text)) return 'must be a folder, or begin with sftp://, s3:// or s3+http://'
  try {
    readAddress(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The address for people: without password and access key. */
export const shownAddress = ({ scheme, user, host, path }: RemoteAddress): string =>
  `${scheme}://${scheme === 'sftp' ? `${user}@` : ''}${host}/${path.join('/')}`
