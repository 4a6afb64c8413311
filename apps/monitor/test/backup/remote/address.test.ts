import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressProblem, readAddress, shownAddress } from '../../../backup/remote/address.ts'
import { readConfig } from '../../../config/config.ts'

describe('An address for backups', () => {
  it('is shown without its password and its access key', () => {
    const shown = (text: string) => shownAddress(readAddress(text))
    assert.equal(shown('sftp://pi:geheim@nas:2222/backups/house'), 'sftp://pi@nas:2222/backups/house')
    assert.equal(
      shown('s3://AKIA:ab/c+d@s3.eu-central-1.amazonaws.com/bucket/house?region=x'),
      's3://s3.eu-central-1.amazonaws.com/bucket/house',
    )
  })

  it('may have a secret with slashes and pluses, as Amazon makes them', () => {
    const { user, password, host, path } = readAddress('s3://AKIA:ab/c+d@host/bucket')
    assert.deepEqual([user, password, host, path], ['AKIA', 'ab/c+d', 'host', ['bucket']])
  })

  it('is refused with the missing part, and never with its secret', () => {
    assert.equal(addressProblem('/mnt/nas'), undefined)
    assert.equal(addressProblem('sftp://pi@nas/backups'), undefined)
    assert.match(addressProblem('sftp://nas/backups') ?? '', /has no user/)
    assert.match(addressProblem('sftp://pi@nas') ?? '', /has no folder/)
    assert.match(addressProblem('s3://KEY@host/bucket') ?? '', /has no access key/)
    assert.match(addressProblem('s3://KEY:secret@host') ?? '', /has no bucket/)
    assert.match(addressProblem('ftp://nas/backups') ?? '', /must be a folder, or begin with sftp/)
    assert.throws(
      () => readConfig({ BACKUP_DIR: 's3://KEY:geheim@' }, []),
      (error: Error) => {
        assert.match(error.message, /BACKUP_DIR has no host name/)
        assert.doesNotMatch(error.message, /geheim/)
        return true
      },
    )
  })
})
