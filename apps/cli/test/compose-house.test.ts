import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { runSetup } from '../command.ts'
import type { SensorResult } from '../sensor/result.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('setup sensor in a clone whose house runs under Docker Compose', { skip: process.platform === 'win32' }, () => {
  let dir: string
  const path = process.env.PATH
  before(async () => {
    dir = await temporaryFolder()
    await writeFile(join(dir, 'docker-compose.yml'), '')
    await writeFile(join(dir, 'services'), 'broker\nmonitor\n')
    for (const volume of ['house', 'broker', 'monitor', 'cluster']) await mkdir(join(dir, 'volumes', volume), { recursive: true })
    // A docker that runs setup here as its container would.
    const program = join(import.meta.dirname, '../setup.ts')
    const script = [
      '#!/bin/sh',
      `echo "$*" >>${dir}/calls`,
      'shift',
      'case $1 in',
      'ps) cat services ;;',
      `run) while [ "$1" != setup ]; do shift; done; shift; exec ${process.execPath} ${program} compose --dir ${dir}/volumes "$@" ;;`,
      'esac',
      '',
    ]
    await mkdir(join(dir, 'bin'))
    await writeFile(join(dir, 'bin/docker'), script.join('\n'))
    await chmod(join(dir, 'bin/docker'), 0o755)
    process.env.PATH = `${dir}/bin:${path}`
    await runSetup(['compose', '--dir', join(dir, 'volumes')])
  })
  after(async () => {
    process.env.PATH = path
    await rm(dir, { recursive: true })
  })

  it('a sensor is added in the volumes, with the address of this machine, and the broker gets its signal', async () => {
    const { code, output, errors } = await runSetup([
      '--dir',
      dir,
      'sensor',
      'add',
      '客廳',
      '--id',
      'pi-1',
      '--broker',
      '192.168.1.10',
      '--json',
    ])
    assert.deepEqual({ code, errors }, { code: 0, errors: '' })
    const { sensor, reload } = JSON.parse(output) as SensorResult
    assert.deepEqual([sensor?.room, sensor?.broker, reload], ['客廳', 'mqtts://192.168.1.10:8883', []])
    const passwords = parsePasswords(await readFile(join(dir, 'volumes/broker/passwd'), 'utf8'))
    assert.ok(await verify(passwords, 'pi-1', sensor?.password ?? ''))
    assert.match(await readFile(join(dir, 'calls'), 'utf8'), /^compose kill -s HUP broker$/m)
  })

  it('a cluster of brokers gets the sensor as well, and no broker needs a signal', async () => {
    await writeFile(join(dir, 'services'), 'balancer\nbroker-1\nmonitor\n')
    await rm(join(dir, 'calls'))
    process.env.CLUSTER = 'rabbitmq'
    const { code, output, errors } = await runSetup(['--dir', dir, 'sensor', 'add', 'attic', '--broker', '192.168.1.10', '--json'])
    delete process.env.CLUSTER
    assert.deepEqual({ code, errors }, { code: 0, errors: '' })
    assert.deepEqual((JSON.parse(output) as SensorResult).reload, [])
    assert.doesNotMatch(await readFile(join(dir, 'calls'), 'utf8'), /HUP/)
    const { users } = JSON.parse(await readFile(join(dir, 'volumes/cluster/definitions.json'), 'utf8')) as { users: { name: string }[] }
    assert.ok(users.some(({ name }) => name === 'attic'))
    assert.match(await readFile(join(dir, 'volumes/cluster/users'), 'utf8'), /^attic [0-9a-f]{16}$/m)
  })

  it('the renewal of a certificate reaches the balancer, and no user of the cluster is lost', async () => {
    process.env.CLUSTER = 'rabbitmq'
    const cluster = join(dir, 'volumes/cluster')
    const users = await readFile(join(cluster, 'users'), 'utf8')
    await writeFile(join(cluster, 'server.pem'), 'an older one')
    const { code, errors } = await runSetup(['compose', '--dir', join(dir, 'volumes'), 'renew'])
    delete process.env.CLUSTER
    assert.deepEqual({ code, errors }, { code: 0, errors: '' })
    assert.match(await readFile(join(cluster, 'server.pem'), 'utf8'), /PRIVATE KEY/)
    assert.equal(await readFile(join(cluster, 'users'), 'utf8'), users)
  })

  it('an unknown CLUSTER is refused', async () => {
    process.env.CLUSTER = 'mosquitto'
    const { code, errors } = await runSetup(['compose', '--dir', join(dir, 'volumes')])
    delete process.env.CLUSTER
    assert.deepEqual([code, errors.split('\n')[0]], [2, 'CLUSTER must be one of rabbitmq, emqx, hivemq, aws.'])
  })

  it('the errors of setup in its container arrive with their exit code', async () => {
    const { code, errors } = await runSetup(['--dir', dir, 'sensor', 'remove', 'pi-9'])
    assert.equal(code, 2)
    assert.match(errors, /^The sensor pi-9 does not exist on another machine\.\n/)
  })
})
