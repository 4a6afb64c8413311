import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { find, need } from '@hearthwatch/testhouse/need'
import { openImage } from '../boot/image.ts'
import { CardError } from '../boot/partition.ts'
import { unpack } from '../boot/unpack.ts'

const start = 8192 * 512

describe('a boot partition in an image file', { skip: need('mtools').skip || need('mkfs').skip }, () => {
  let folder: string
  let image: string
  /** A disk with a partition table and one FAT32 partition, made by other programs. */
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-'))
    image = join(folder, 'card.img')
    const partition = join(folder, 'p1.img')
    writeFileSync(partition, '')
    truncateSync(partition, 48 * 1024 * 1024)
    execFileSync(find('mkfs') ?? 'mkfs.vfat', ['-F', '32', '-s', '1', '-n', 'BOOTFS', partition])
    writeFileSync(join(folder, 'stock'), 'stock\n')
    execFileSync('mcopy', ['-i', partition, join(folder, 'stock'), '::user-data'])
    const table = Buffer.alloc(start)
    table.writeUInt8(0x0c, 446 + 4)
    table.writeUInt32LE(8192, 446 + 8)
    table.writeUInt32LE((48 * 1024 * 1024) / 512, 446 + 12)
    table.writeUInt16LE(0xaa55, 510)
    writeFileSync(image, Buffer.concat([table, readFileSync(partition), Buffer.alloc(4096, 0xee)]))
  })
  after(() => rmSync(folder, { recursive: true }))
  const fsck = () => {
    writeFileSync(join(folder, 'check.img'), readFileSync(image).subarray(start, start + 48 * 1024 * 1024))
    return execFileSync((find('mkfs') ?? '').replace('mkfs', 'fsck'), ['-n', join(folder, 'check.img')], { encoding: 'utf8' })
  }
  const mtype = (path: string) => execFileSync('mtype', ['-i', `${image}@@${start}`, `::${path}`], { maxBuffer: 8_000_000 })

  it('files with long names are written, replaced and deleted, as other programs see them', async () => {
    const content = randomBytes(3_000_001)
    const boot = await openImage(image)
    const shares: number[] = []
    await boot.write('hearthwatch-sensor/conf/wifi.nmconnection', Buffer.from('ssid'))
    await boot.write('hearthwatch-sensor/hearthwatch-sensor_1.0.0_arm64.deb', content, (share) => void shares.push(share))
    await boot.write('user-data', Buffer.from('longer than before\n'))
    await boot.write('gone', Buffer.from('x'))
    await boot.remove('gone')
    await boot.remove('never there')
    await boot.close()
    assert.deepEqual(shares.at(-1), 1)
    assert.ok(mtype('hearthwatch-sensor/hearthwatch-sensor_1.0.0_arm64.deb').equals(content))
    assert.equal(mtype('user-data').toString(), 'longer than before\n')
    assert.doesNotMatch(execFileSync('mdir', ['-b', '-i', `${image}@@${start}`, '::'], { encoding: 'utf8' }), /gone/)
    assert.match(fsck(), /\d+ files, /)
    assert.ok(readFileSync(image).subarray(-4096).equals(Buffer.alloc(4096, 0xee)), 'the next partition is untouched')
  })

  it('files are read and listed in upper and lower case, and a missing one is undefined', async () => {
    const boot = await openImage(image)
    assert.deepEqual((await boot.list('')).sort(), ['hearthwatch-sensor', 'user-data'])
    assert.equal((await boot.read('USER-DATA'))?.toString(), 'longer than before\n')
    assert.equal(await boot.read('vendor-data'), undefined)
    assert.deepEqual(await boot.list('nowhere'), [])
    await boot.close()
  })

  it('a full partition is reported, and stays sound', async () => {
    const boot = await openImage(image)
    assert.ok((await boot.free()) < 48 * 1024 * 1024)
    await assert.rejects(
      boot.write('big', Buffer.alloc(60_000_000)),
      (error: Error) => error instanceof CardError && /full/.test(error.message),
    )
    await boot.remove('big')
    await boot.close()
    assert.match(fsck(), /\d+ files, /)
  })

  it('an image in .xz is unpacked beside itself once', async () => {
    execFileSync('xz', ['-0', '--keep', image])
    const packed = readFileSync(image)
    rmSync(image)
    const shares: number[] = []
    assert.equal(await unpack(`${image}.xz`, (share) => void shares.push(share)), image)
    assert.ok(readFileSync(image).equals(packed))
    assert.equal(shares.at(-1), 1)
    assert.equal(await unpack(`${image}.xz`, () => assert.fail('not again')), image)
    writeFileSync(join(folder, 'broken.img.xz'), 'no xz')
    await assert.rejects(
      unpack(join(folder, 'broken.img.xz'), () => {}),
      CardError,
    )
    assert.ok(!existsSync(join(folder, 'broken.img')))
  })

  it('a file that is no image of a card is refused', async () => {
    await assert.rejects(openImage(join(folder, 'stock')), CardError)
    await assert.rejects(openImage(join(folder, 'nowhere.img')), CardError)
    const empty = Buffer.alloc(1024)
    empty.writeUInt16LE(0xaa55, 510)
    writeFileSync(join(folder, 'empty.img'), empty)
    await assert.rejects(openImage(join(folder, 'empty.img')), CardError)
  })
})
